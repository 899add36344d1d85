const datePattern = /^(\d{4})-(\d\d)-(\d\d)$/
const timePattern = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)([.,]\d{1,9})?)?([Zz]|[+-]\d\d(?::?\d\d)?)?$/
const basicPattern = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:(\d\d)([.,]\d{1,9})?)?(Z|[+-]\d\d(?:\d\d)?)?)?$/

/** Whether a text is a day that exists, as `YYYY-MM-DD` (ISO 8601). `calendarDate('2021-02-29')` is false. */
export function calendarDate(text: string): boolean {
  const [, year, month, day] = datePattern.exec(text) ?? []
  if (year === undefined) return false
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day)
}

/**
 * An ISO 8601 date-time that says its offset, written in full: with seconds, and the offset as `Z` or `+hh:mm`. Readers of
 * certificates take no shorter one. Null for anything else, and for a moment that does not exist.
 *
 * @example fullTime('2022-07-01T10:00+02') // '2022-07-01T10:00:00+02:00'
 */
export function fullTime(text: string): string | null {
  const [, day, hours, minutes, seconds = '00', fraction = '', offset] = timePattern.exec(text) ?? []
  if (day === undefined || offset === undefined || !calendarDate(day)) return null
  const [, sign, ahead = '00', more = '00'] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? []
  if (Number(ahead) > 14 || Number(more) > 59) return null
  const zone = sign === undefined ? 'Z' : `${sign}${ahead}:${more}`
  const full = `${day}T${hours}:${minutes}:${seconds}${fraction.replace(',', '.')}${zone}`
  return Number.isNaN(Date.parse(full)) ? null : full
}

/**
 * The moment of an ISO 8601 time as people give it: a day, or a day and a time, in the extended or the basic form; what has
 * no offset is UTC. Null for anything else.
 *
 * @example isoMoment('20220702T000000Z') // 2022-07-02T00:00:00.000Z
 */
export function isoMoment(text: string): Date | null {
  const extended = toExtended(text)
  const full = calendarDate(extended) ? `${extended}T00:00:00Z` : (fullTime(extended) ?? fullTime(`${extended}Z`))
  return full === null ? null : new Date(full)
}

/** A text in the basic form with its separators put in; any other as it is. */
function toExtended(text: string): string {
  const [, year, month, dayOfMonth, hours, minutes, seconds = '00', fraction = '', offset = ''] =
    basicPattern.exec(text) ?? []
  if (year === undefined) return text
  const day = `${year}-${month}-${dayOfMonth}`
  return hours === undefined ? day : `${day}T${hours}:${minutes}:${seconds}${fraction}${offset}`
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
