import type { Moment } from '../lab/observation.ts'
import { offsetAt, offsetText, wallTime } from './zone.ts'

/** What a time is read with: the zone of its source, and the moment of receipt. */
export interface TimeContext {
  readonly zone: string
  readonly receivedAt: Date
  /** The offset of the message, such as `-0500`, where it is not the one its zone has; null else. */
  readonly offset: string | null
}

/** A time, or why there is none; `doubt` says that the clock of the zone does not show this reading just once. */
export type MomentReading =
  | { readonly state: 'read'; readonly moment: Moment; readonly doubt: 'twice' | 'never' | null }
  | { readonly state: 'absent' }
  | { readonly state: 'unreadable' }

const shape = /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.\d{1,4})?)?)?)?)?)?([+-]\d{4})?$/

/**
 * Reads a time of HL7v2 (TS.1, DTM; v2.5.1 section 2.A.22): `YYYY[MM[DD[HH[MM[SS[.S...]]]]]][+/-ZZZZ]`. It keeps what was
 * sent and no more: a day stays a day, an hour without minutes counts as its day, fractions of a second are dropped. Without
 * an offset that of the message counts when it has one of its own, else the zone of the source is assumed.
 *
 * @example readMoment('202607011015', { zone: 'Europe/Brussels', receivedAt, offset: null }) // at '2026-07-01T10:15+02:00', precision 'minute'
 */
export function readMoment(text: string, context: TimeContext): MomentReading {
  if (text === '' || text === '""' || /^0+$/.test(text)) return { state: 'absent' }
  const found = shape.exec(text)
  if (found === null) return { state: 'unreadable' }
  const [, year = '', month, day, hour, minute, second, offset] = found
  if (Number(year) < 1800 || !exists(year, month, day)) return { state: 'unreadable' }
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 60) return { state: 'unreadable' }
  const date = [year, month, day].filter((one) => one !== undefined).join('-')
  if (month === undefined || day === undefined || minute === undefined || hour === undefined) {
    const precision = month === undefined ? 'year' : day === undefined ? 'month' : 'day'
    return { state: 'read', moment: { at: date, precision, zone: 'none' }, doubt: null }
  }
  const precision = second === undefined ? 'minute' : 'second'
  const clock = second === undefined ? `${hour}:${minute}` : `${hour}:${minute}:${second === '60' ? '59' : second}`
  const said = offset ?? context.offset
  if (said !== null) return withOffset(`${date}T${clock}`, precision, said)
  const wall = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second ?? 0))
  const told = wallTime(wall, context.zone, context.receivedAt.getTime() + tolerated)
  const at = `${date}T${clock}${offsetText(told.offsetMinutes)}`
  return { state: 'read', moment: { at, precision, zone: 'assumed' }, doubt: told.clock === 'once' ? null : told.clock }
}

/**
 * The offset of MSH-7 when the zone of the source has another one at that moment: it is then the default for every time of
 * the message without one (HL7 v2.5.1 section 2.A.22). One that agrees says nothing new, and the zone knows summer and winter.
 *
 * @example ownOffset('20261122100000-0500', { zone: 'Europe/Brussels', receivedAt, offset: null }) // '-0500'
 */
export function ownOffset(sentAt: string, context: TimeContext): string | null {
  const offset = shape.exec(sentAt)?.[7]
  const reading = readMoment(sentAt, context)
  if (offset === undefined || reading.state !== 'read' || reading.moment.zone !== 'given') return null
  const { at } = reading.moment
  return at.slice(-6) === offsetText(offsetAt(context.zone, Date.parse(at))) ? null : offset
}

/** Clocks of senders run a little ahead. */
const tolerated = 5 * 60_000

function withOffset(local: string, precision: 'minute' | 'second', offset: string): MomentReading {
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(3))
  if (hours > 14 || minutes > 59) return { state: 'unreadable' }
  const at = `${local}${offset.slice(0, 3)}:${offset.slice(3)}`
  return { state: 'read', moment: { at, precision, zone: 'given' }, doubt: null }
}

function exists(year: string, month = '01', day = '01'): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)]
  const date = new Date(Date.UTC(y, m - 1, d))
  return date.getUTCFullYear() === y && date.getUTCMonth() === m - 1 && date.getUTCDate() === d
}
