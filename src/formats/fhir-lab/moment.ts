import type { Moment } from '../lab/observation.ts'

const shape = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?)?)?$/

/**
 * Reads a dateTime or instant of FHIR R4 (section 2.24.0.1): a year, month or day, or a time with seconds and offset. It keeps
 * what was sent and no more; fractions of a second are dropped. Null for anything else, also for a day that does not exist, and
 * for a year before 1800, which software writes where it has no date.
 *
 * @example readFhirMoment('2021-06-12') // { at: '2021-06-12', precision: 'day', zone: 'none' }
 */
export function readFhirMoment(text: unknown): Moment | null {
  const moment = parse(text)
  return moment !== null && moment.at >= '1800' ? moment : null
}

/** Whether a text is a moment that FHIR allows, also one that only stands in for an unknown one. */
export function isFhirMoment(text: string): boolean {
  return parse(text) !== null
}

/** Whether a text is a FHIR date: a year, month or day that exists. */
export function isFhirDate(text: string): boolean {
  const moment = parse(text)
  return moment !== null && moment.precision !== 'second'
}

function parse(text: unknown): Moment | null {
  const found = typeof text === 'string' && text.length <= 40 ? shape.exec(text) : null
  if (found === null) return null
  const [, year = '', month, day, hour, minute, second, zone] = found
  if (!dayExists(year, month, day)) return null
  if (hour === undefined || minute === undefined || second === undefined || zone === undefined) {
    const precision = month === undefined ? 'year' : day === undefined ? 'month' : 'day'
    return { at: found[0], precision, zone: 'none' }
  }
  // A leap second is a second of the minute before it here, as in every clock of this hub.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60 || !zoneExists(zone)) return null
  const at = `${year}-${month}-${day}T${hour}:${minute}:${second === '60' ? '59' : second}${zone}`
  return { at, precision: 'second', zone: 'given' }
}

function dayExists(year: string, month = '01', day = '01'): boolean {
  if (year === '0000') return false
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

function zoneExists(zone: string): boolean {
  return zone === 'Z' || (Number(zone.slice(1, 3)) <= 14 && Number(zone.slice(4)) <= 59)
}
