import { brusselsDay } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { Fault } from '../kernel/fault.ts'
import type { Params } from '../kernel/language.ts'
import { calendarDate, fullTime } from './dates.ts'
import type { DccPayload } from './dcc.ts'

export type Built =
  | { readonly state: 'built'; readonly payload: DccPayload; readonly uvci: string }
  | { readonly state: 'refused'; readonly faults: readonly Fault[] }

/** Where the faults of one certificate that is asked for are gathered, and what is demanded of any. */
export class Demands {
  readonly #faults: Fault[] = []
  readonly #issuedAt: Date

  constructor(issuedAt: Date) {
    this.#issuedAt = issuedAt
  }

  fail(code: ErrorCode, path: string, params: Params = {}): void {
    this.#faults.push({ code, severity: 'error', path, params })
  }

  anyFailed(): boolean {
    return this.#faults.length > 0
  }

  refused(): Built {
    return { state: 'refused', faults: this.#faults }
  }

  /** The time of a sample in full; null when it cannot be read. It was taken before the certificate is issued. */
  sample(time: string, path: string): string | null {
    const full = fullTime(time)
    if (full === null) {
      this.fail('certificate-time-unreadable', path)
      return null
    }
    const moment = Date.parse(full)
    if (moment < Date.parse(firstDay) || moment > this.#issuedAt.getTime())
      this.fail('certificate-time-impossible', path, { from: firstDay, until: this.#issuedAt.toISOString() })
    return full
  }

  /** A day that exists, from the first with tests and vaccines until that of issuing in Brussels, or between days given. */
  day(text: string, path: string, from = firstDay, until = brusselsDay(this.#issuedAt)): void {
    if (!calendarDate(text)) this.fail('certificate-time-unreadable', path)
    else if (text < from || text > until) this.fail('certificate-time-impossible', path, { from, until })
  }

  /**
   * A date of birth, whole or in part or empty, that is not after the fact; `fact` starts with its day when that is known.
   * Software that writes UTC puts the sample of a newborn just after midnight on the day before: that of Brussels counts too.
   */
  birthDate(born: string, fact: string, path: string): void {
    const [year = '', month = '01', day = '01'] = born.split('-')
    const known = /^((19|20)\d\d(-\d\d){0,2})?$/.test(born) && (born === '' || calendarDate(`${year}-${month}-${day}`))
    if (!known) return this.fail('certificate-birth-date-unreadable', path)
    const today = brusselsDay(this.#issuedAt)
    const factDay = calendarDate(fact.slice(0, 10)) && fact < today ? lastDayOf(fact) : today
    if (born > factDay.slice(0, born.length)) this.fail('birth-after-fact', path)
  }
}

/** The day as written or, for a time, that in Brussels when it is later. */
function lastDayOf(fact: string): string {
  const [written, full] = [fact.slice(0, 10), fullTime(fact)]
  const inBrussels = full === null ? written : brusselsDay(new Date(full))
  return inBrussels > written ? inBrussels : written
}

/** Before this day nobody had a test or a vaccine for COVID-19. */
const firstDay = '2020-01-01'
