const datePattern = /^(\d{4})-(\d\d)-(\d\d)$/
const timePattern = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?([Zz]|[+-]\d\d(?::?\d\d)?)?$/

/** Whether a text is a day that exists, as `YYYY-MM-DD` (ISO 8601). `calendarDate('2021-02-29')` is false. */
export function calendarDate(text: string): boolean {
  const [, year, month, day] = datePattern.exec(text) ?? []
  if (year === undefined) return false
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day)
}

/** The moment of an ISO 8601 date-time that says its offset; null for anything else. */
export function instant(text: string): Date | null {
  const offset = timePattern.exec(text)?.[5]
  if (offset === undefined || !dateTime(text)) return null
  const moment = new Date(text)
  return Number.isNaN(moment.getTime()) ? null : moment
}

/**
 * Whether a text is a date-time that exists. The offset may be missing, short (`+02`) or without a colon: certificates that
 * are in people's hands have all of these.
 */
export function dateTime(text: string): boolean {
  const [, day, hours, minutes, seconds] = timePattern.exec(text) ?? []
  if (day === undefined) return false
  return calendarDate(day) && Number(hours) <= 24 && Number(minutes) <= 59 && Number(seconds ?? 0) <= 60
}
