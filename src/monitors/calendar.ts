/** A day of the calendar, `YYYY-MM-DD`. Days of one zone compare as text. */
export type Day = string

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
const pad = (value: number): string => (value < 10 ? `0${value}` : String(value))
const lengthOf = (year: number, month: number): number =>
  month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : (daysInMonth[month - 1] ?? 31)

/**
 * The same day of the month so many months later; the last day of that month when it has no such day.
 *
 * @example addMonths('2024-02-29', 12) // '2025-02-28'
 */
export function addMonths(day: Day, months: number): Day {
  const sum = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months
  const year = Math.floor(sum / 12)
  const month = (sum % 12) + 1
  return `${String(year).padStart(4, '0')}-${pad(month)}-${pad(Math.min(Number(day.slice(8, 10)), lengthOf(year, month)))}`
}

/** The day so many days later, or earlier when negative. */
export function addDays(day: Day, days: number): Day {
  if (days === 0) return day
  const sum = Number(day.slice(8, 10)) + days
  const year = Number(day.slice(0, 4))
  const month = Number(day.slice(5, 7))
  if (sum >= 1 && sum <= lengthOf(year, month)) return `${day.slice(0, 8)}${pad(sum)}`
  return new Date(Date.UTC(year, month - 1, sum)).toISOString().slice(0, 10)
}

/**
 * The day somebody becomes so many years old. Born on 29 February that is 1 March in years without one: only then the
 * year of life is full.
 */
export function birthday(birthDate: Day, years: number): Day {
  const day = addMonths(birthDate, years * 12)
  return day.slice(8) === birthDate.slice(8, 10) ? day : addDays(day, 1)
}

/** The earlier of two days that a text of `YYYY`, `YYYY-MM` or `YYYY-MM-DD` can mean, as a full day; null when it is none. */
export function firstDayOf(text: string): Day | null {
  const found = /^([1-9]\d{3})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?$/.exec(text)
  if (found === null) return null
  const [, year = '', month = '01', day = '01'] = found
  return Number(day) <= lengthOf(Number(year), Number(month)) ? `${year}-${month}-${day}` : null
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  let known = formatters.get(zone)
  if (known === undefined) {
    known = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
    formatters.set(zone, known)
  }
  return known
}

const quarter = 15 * 60_000
const limit = 20_000
const days = new Map<string, Day>()
const midnights = new Map<string, number>()

/**
 * The day of a moment in a zone. Days change on a whole quarter of an hour in every zone, so answers are kept per quarter.
 *
 * @example dayIn('Europe/Amsterdam', Date.parse('2026-06-30T22:00:00Z')) // '2026-07-01'
 */
export function dayIn(zone: string, moment: number): Day {
  const slot = Math.floor(moment / quarter)
  const key = `${zone} ${slot}`
  return remembered(days, key, () =>
    formatterOf(zone)
      .format(slot * quarter)
      .slice(0, 10),
  )
}

/**
 * The moment a day begins in a zone, in milliseconds since 1970; right on days of 23 and 25 hours.
 *
 * @example midnightIn('Europe/Brussels', '2026-07-01') // Date.parse('2026-06-30T22:00:00Z')
 */
export function midnightIn(zone: string, day: Day): number {
  return remembered(midnights, `${zone} ${day}`, () => {
    const asUtc = Date.parse(`${day}T00:00:00Z`)
    const shownAt = (moment: number): number => Date.parse(`${formatterOf(zone).format(moment).replace(' ', 'T')}Z`)
    const first = asUtc - (shownAt(asUtc) - asUtc)
    // The offset at the first guess may be that of the other side of a clock change.
    return asUtc - (shownAt(first) - first)
  })
}

function remembered<Value>(known: Map<string, Value>, key: string, find: () => Value): Value {
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= limit) known.clear()
  const value = find()
  known.set(key, value)
  return value
}
