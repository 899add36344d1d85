import { createHmac } from 'node:crypto'
import type { ObservationContent } from '../formats/lab/observation.ts'
import { preparedKey, type HubKeys } from '../kernel/keys.ts'

/**
 * Under which index the versions of one result of one patient are kept, 16 bytes. Keyed, because its parts (order number,
 * code, minute) can be guessed and may name a person.
 *
 * @example resultIndex(vault.keys, labPatientIndex(keys, patient, source), observation.resultKey).toString('hex')
 */
export function resultIndex(keys: HubKeys, patient: Buffer, resultKey: string): Buffer {
  return keyed(keys, `result\0${patient.toString('hex')}\0${resultKey}`)
}

/**
 * Under which index a result is kept whoever its patient is, 16 bytes; null without an order number, where only the patient
 * tells two results apart.
 *
 * @example orderIndex(vault.keys, observation)?.toString('hex') // the same when the number is used for somebody else
 */
export function orderIndex(
  keys: HubKeys,
  { order, resultKey }: Pick<ObservationContent, 'order' | 'resultKey'>,
): Buffer | null {
  return (order.filler ?? order.placer) === null ? null : keyed(keys, `order\0${resultKey}`)
}

/** What tells two contents apart without telling what they say: few values would have to be tried against a bare hash. */
export function contentIndex(keys: HubKeys, content: string): Buffer {
  return keyed(keys, `content\0${content}`)
}

function keyed(keys: HubKeys, text: string): Buffer {
  return createHmac('sha256', preparedKey(keys.patient)).update(text).digest().subarray(0, 16)
}
