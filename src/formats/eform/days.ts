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

const dateTime = /^[1-9]\d{3}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/

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

/** The day so many days earlier. */
export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)
}
