import { EvaluationError, Beyond } from './faults.ts'
import { System } from './values.ts'
import type { Amount } from './amount.ts'

const shape =
  /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(T(?:([01]\d|2[0-3])(?::([0-5]\d)(?::([0-5]\d(?:\.\d{1,9})?))?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?)?)?)?$/

/** The same few moments are read by several rules of a record. */
const recentAtMost = 512
const recent: Readonly<Record<'date' | 'dateTime', Map<string, When | null>>> = { date: new Map(), dateTime: new Map() }

/** How much of it is known: 0 a year, 1 a month, 2 a day, 3 an hour, 4 a minute, 5 a second with its fraction. */
type Precision = 0 | 1 | 2 | 3 | 4 | 5

/** A Date or a DateTime of FHIRPath, with as much of it as was written. */
export class When extends System {
  readonly written: string
  readonly kind: 'date' | 'dateTime'
  readonly precision: Precision
  readonly parts: readonly number[]
  /** Minutes east of Greenwich; null when none was written. */
  readonly offset: number | null

  private lastAmount: Amount | null = null
  private lastSum: When | null = null

  private constructor(written: string, kind: 'date' | 'dateTime', parts: readonly number[], offset: number | null) {
    super()
    this.written = written
    this.kind = kind
    this.parts = parts
    this.precision = (parts.length - 1) as Precision
    this.offset = offset
  }

  /** Reads ISO 8601; null when it is not that, or a day the calendar does not have. */
  static read(text: string, kind: 'date' | 'dateTime'): When | null {
    if (text.length > 40) return null
    const known = recent[kind].get(text)
    if (known !== undefined) return known
    const when = When.parse(text, kind)
    if (recent[kind].size >= recentAtMost) recent[kind].clear()
    recent[kind].set(text, when)
    return when
  }

  private static parse(text: string, kind: 'date' | 'dateTime'): When | null {
    const found = shape.exec(text)
    if (found === null || (kind === 'date' && found[4] !== undefined)) return null
    const parts = [found[1], found[2], found[3], found[5], found[6], found[7]]
      .filter((part) => part !== undefined)
      .map(Number)
    if (parts.length > 2 && parts[2]! > daysIn(parts[0]!, parts[1]!)) return null
    return new When(text, kind, parts, offsetOf(found[8]))
  }

  override toString(): string {
    return this.written
  }

  /** The same moment with something added; years and months keep to the calendar, a part finer than known is dropped. */
  plus(amount: Amount): When {
    // A tolerance is added to the same moment by every rule on time, of every record that came in one batch.
    const isLast = this.lastAmount?.value === amount.value && this.lastAmount.unit === amount.unit
    if (!isLast || this.lastSum === null) {
      this.lastSum = this.sumWith(amount)
      this.lastAmount = amount
    }
    return this.lastSum
  }

  private sumWith(amount: Amount): When {
    const unit = amount.calendarUnit()
    if (unit === null) throw new EvaluationError('only a length of time can be added to a date')
    const level = levels[unit]
    if (level > this.precision) throw new Beyond('a length of time finer than the date')
    const size = level < 5 ? Math.trunc(amount.value) : amount.value
    if (unit === 'year' || unit === 'month') return this.addMonths(unit === 'year' ? size * 12 : size)
    return this.from(new Date(this.asIfUtc() + size * milliseconds[unit]))
  }

  private addMonths(count: number): When {
    const [year = 0, month = 1, day = 1] = this.parts
    const months = year * 12 + month - 1 + count
    const to = { year: Math.floor(months / 12), month: (months % 12) + 1 }
    const date = new Date(this.asIfUtc())
    date.setUTCFullYear(to.year, to.month - 1, Math.min(day, daysIn(to.year, to.month)))
    return this.from(date)
  }

  private from(date: Date): When {
    if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999) {
      throw new EvaluationError('the date falls outside the calendar')
    }
    const iso = date.toISOString()
    const cut = iso.slice(0, [4, 7, 10, 13, 16, 23][this.precision])
    const written = this.precision > 2 ? cut + (this.written.match(/(?:Z|[+-]\d\d:\d\d)$/)?.[0] ?? '') : cut
    return When.read(written, this.kind) ?? this
  }

  /** Milliseconds as if the written parts were UTC. */
  asIfUtc(): number {
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = this.parts
    const whole = new Date(Date.UTC(2000, month - 1, day, hour, minute, 0, Math.round(second * 1000)))
    return whole.setUTCFullYear(year, month - 1, day)
  }
}

/**
 * Which of two moments is earlier: negative, zero or positive; undefined when they are the same as far as both are known
 * and one is known further (FHIRPath 6.2).
 *
 * Two moments with an offset are compared as moments. As soon as one has none (a day never has), the parts are compared as
 * they were written: no zone of this machine comes in, so that an answer is the same on every node.
 */
export function compareWhen(a: When, b: When): number | undefined {
  const moments = a.offset !== null && b.offset !== null
  if (a.precision === b.precision && moments) return instant(a) - instant(b)
  const [left, right] = moments ? [inUtc(a), inUtc(b)] : [a.parts, b.parts]
  const shared = Math.min(a.precision, b.precision)
  for (let at = 0; at <= shared; at++) {
    const difference = left[at]! - right[at]!
    if (difference !== 0) return difference
  }
  return a.precision === b.precision ? 0 : undefined
}

function instant(when: When): number {
  return when.asIfUtc() - when.offset! * 60_000
}

function inUtc(when: When): readonly number[] {
  const date = new Date(instant(when))
  const seconds = date.getUTCSeconds() + date.getUTCMilliseconds() / 1000
  return [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    seconds,
  ]
}

function offsetOf(text: string | undefined): number | null {
  if (text === undefined) return null
  if (text === 'Z') return 0
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6))
  return text.startsWith('-') ? -minutes : minutes
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const levels = { year: 0, month: 1, week: 2, day: 2, hour: 3, minute: 4, second: 5, millisecond: 5 } as const

const milliseconds = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
} as const
