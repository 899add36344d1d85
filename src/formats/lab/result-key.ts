import { hash } from 'node:crypto'
import type { LabOrder, Moment, ObservationCode } from './observation.ts'

/** What two versions of one result have in common. */
export interface ResultIdentity {
  readonly source: string
  readonly order: LabOrder
  readonly code: ObservationCode
  readonly subId: string | null
  /** HL7v2 OBR-26, the sub-id of the result an order came from, such as that of the isolate of an antibiogram. */
  readonly parentSubId?: string | null
  /** Which of several results of one message that nothing else tells apart, from 1. */
  readonly occurrence?: number
  readonly collectedAt: Moment | null
  /** Counts only where there is no order number: two patients may have the same test at the same minute. */
  readonly patient: string
}

/**
 * The key of one result: source, order number, code, sub-id and minute of collection, as 32 hex digits. The laboratory's
 * own order number goes before the requester's. A replay, a correction and a withdrawal of one result have the same key;
 * results of one message that would share one are told apart by their order.
 *
 * @example resultKeyOf({ source: 'lab-a', order, code, subId: null, collectedAt, patient: '' }) // '5d1f...'
 */
export function resultKeyOf(result: ResultIdentity): string {
  const { code, system, text } = result.code.original
  const { subId, parentSubId, occurrence = 1 } = result
  const apart = [
    ...(parentSubId ? [`parent ${parentSubId}`] : []),
    // The first keeps the key it has when it stands alone.
    ...(occurrence > 1 ? [`#${occurrence}`] : []),
  ]
  return keyOf(result, [code === '' ? `text ${text}` : code, system, subId ?? '', ...apart])
}

/**
 * The key of one measurement: the same under one order for every code and unit that stands for the same analyte, so that
 * HbA1c sent in % and in mmol/mol is found to be one measurement.
 */
export function measurementKeyOf(
  result: Omit<ResultIdentity, 'code' | 'subId' | 'parentSubId' | 'occurrence'>,
  analyte: string,
): string {
  return keyOf(result, ['analyte', analyte])
}

function keyOf(
  result: Omit<ResultIdentity, 'code' | 'subId' | 'parentSubId' | 'occurrence'>,
  parts: readonly string[],
): string {
  const number = result.order.filler ?? result.order.placer
  const order = number === null ? ['patient', result.patient] : ['order', number]
  const all = [result.source, ...order, ...parts, minuteOf(result.collectedAt)]
  return hash('sha256', JSON.stringify(all), 'hex').slice(0, 32)
}

/** The minute in UTC, or the day, month or year when no more is known. */
function minuteOf(moment: Moment | null): string {
  if (moment === null) return ''
  const time = instantOf(moment)
  return time === null ? moment.at : new Date(time).toISOString().slice(0, 16)
}

/** The instant of a moment that has a time of day, in milliseconds since 1970; null for a day, month or year. */
export function instantOf(moment: Moment): number | null {
  if (moment.precision !== 'minute' && moment.precision !== 'second') return null
  const time = Date.parse(moment.at)
  return Number.isNaN(time) ? null : time
}
