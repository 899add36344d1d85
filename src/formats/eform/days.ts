import { brusselsDay } from '../../kernel/clock.ts'

const daysInMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** Whether a text is a day of the calendar, `YYYY-MM-DD` (ISO 8601-1 clause 5.2.2.1), year 1000 or later. */
export function isDay(text: string): boolean {
  return /^[1-9]\d{3}-\d{2}-\d{2}$/.test(text) && dayExists(text)
}

/** The same for a day of which only the month or the year may be known. */
export function isPartialDay(text: string): boolean {
  if (/^[1-9]\d{3}$/.test(text)) return true
  if (/^[1-9]\d{3}-\d{2}$/.test(text)) return dayExists(`${text}-01`)
  return isDay(text)
}

/**
 * The moment of an ISO 8601 date-time that carries its offset, in milliseconds since 1970; null when it is not one.
 * An offset is asked for because a time without one means another moment on another server.
 *
 * @example momentOf('2022-07-01T09:12:00+02:00') // 1656659520000
 */
export function momentOf(text: string): number | null {
  if (!dateTime.test(text) || !dayExists(text)) return null
  return Date.parse(text)
}

const year = '[1-9][0-9]{3}'
const leapYear = '(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)'
const dayOfYear =
  '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))'
const day = `(?:${year}-${dayOfYear}|${leapYear}-02-29)`
const time = 'T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])'

/** What `isDay`, `isPartialDay` and `momentOf` take, as regular expressions for a schema; here they would be slower. */
export const datePatterns = {
  date: `^${day}$`,
  'partial-date': `^(?:${day}|${year}(?:-(?:0[1-9]|1[0-2]))?)$`,
  'date-time': `^${day}${time}$`,
} as const

const dateTime = new RegExp(`^${year}-[0-9]{2}-[0-9]{2}${time}$`)

function dayExists(text: string): boolean {
  const year = digits(text, 0) * 100 + digits(text, 2)
  const month = digits(text, 5)
  const day = digits(text, 8)
  if (month < 1 || month > 12 || day < 1) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= (month === 2 && !leap ? 28 : daysInMonth[month - 1]!)
}

/** Two digits of a text as a number. */
function digits(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48
}

const quarter = 15 * 60_000
let lastQuarter = Number.NaN
let lastDay = ''

/** The day in Brussels; days only change on a whole quarter of an hour, so the last answer is kept that long. */
export function dayOf(moment: Date): string {
  const now = Math.floor(moment.getTime() / quarter)
  if (now !== lastQuarter) {
    lastDay = brusselsDay(moment)
    lastQuarter = now
  }
  return lastDay
}

/**
 * The day in Brussels of a day or moment as a sender wrote it: the same test is of the same day whatever offset its software
 * writes.
 *
 * @example factDayOf('2022-06-30T22:30:00Z') // '2022-07-01'
 */
export function factDayOf(text: string): string {
  // Brussels is an hour or two ahead of UTC: with such an offset only the hours around midnight can be of another day there.
  if (text.length === 10 || /T(?:0[1-9]|1\d|2[0-2]).*\+0[12]:00$/.test(text)) return text.slice(0, 10)
  return brusselsDay(new Date(text))
}

/** The day so many days earlier. */
export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)
}
