import { addDays, addMonths, firstDayOf, midnightIn } from '../../monitors/calendar.ts'

/** A date search as plain numbers, so that it can stand in the address of a page. */
export interface DateTest {
  readonly prefix: (typeof prefixes)[number]
  /** Milliseconds since 1970; the second is excluded. */
  readonly from: number
  readonly to: number
}

const prefixes = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sa', 'eb'] as const
const zone = 'Europe/Brussels'
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/

/**
 * Reads one value of a date search (FHIR R4 section 3.1.1.4.5): an optional prefix and a year, month, day or moment. A moment
 * without an offset, and every day, is that of Europe/Brussels. Null when it is none.
 *
 * @example readDateTest('ge2026-07-01') // { prefix: 'ge', from: ..., to: ... }
 */
export function readDateTest(text: string): DateTest | null {
  const prefix = prefixes.find((one) => text.startsWith(one)) ?? 'eq'
  const span = spanOf(prefixes.some((one) => text.startsWith(one)) ? text.slice(2) : text)
  return span === null ? null : { prefix, ...span }
}

function spanOf(text: string): Pick<DateTest, 'from' | 'to'> | null {
  const day = firstDayOf(text)
  if (day !== null) {
    const next = text.length === 4 ? addMonths(day, 12) : text.length === 7 ? addMonths(day, 1) : addDays(day, 1)
    return { from: midnightIn(zone, day), to: midnightIn(zone, next) }
  }
  const found = moment.exec(text)
  if (found === null) return null
  const [, seconds, offset] = found
  const from = offset === undefined ? inZone(text) : Date.parse(text)
  if (!Number.isFinite(from)) return null
  return { from, to: from + (seconds === undefined ? 60_000 : 1_000) }
}

function inZone(text: string): number {
  const asUtc = Date.parse(`${text}Z`)
  const day = firstDayOf(text.slice(0, 10))
  if (day === null) return Number.NaN
  return midnightIn(zone, day) + (asUtc - Date.parse(`${day}T00:00:00Z`))
}

/** Whether a moment fits a test. */
export function fits(at: number, { prefix, from, to }: DateTest): boolean {
  switch (prefix) {
    case 'eq':
      return at >= from && at < to
    case 'ne':
      return at < from || at >= to
    case 'gt':
    case 'sa':
      return at >= to
    case 'ge':
      return at >= from
    case 'lt':
    case 'eb':
      return at < from
    case 'le':
  }
  return at < to
}
