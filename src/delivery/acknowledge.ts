import { failurePoint } from '../kernel/failure-points.ts'
import type { Service } from '../formats/record.ts'
import type { Queryable } from '../store/connect.ts'
import {
  askSoon,
  findPointed,
  noteUnmatched,
  settleByCallback,
  type SaidOutcome,
} from '../store/delivery-acknowledge.ts'
import { theirWords } from './transports/judge.ts'

/**
 * What a late acknowledgement did. `again`: it was known already. `early`: an answer is awaited or the proof is not complete,
 * so the destination is asked. `unmatched`: it fits no delivery of theirs; it is written down and changes nothing.
 */
export type Acknowledged = { readonly state: 'settled' | 'again' | 'early' | 'unmatched' }

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const hex = /^[0-9a-f]{64}$/

/** Reads the body of a callback; null when it is none. `destination` is who signed it. */
export function readCallback(destination: string, body: unknown): SaidOutcome | null {
  if (typeof body !== 'object' || body === null) return null
  const { deliveryId, state, reference, sha256, code, text } = body as Record<string, unknown>
  if (typeof deliveryId !== 'string' || !uuid.test(deliveryId)) return null
  if (state !== 'acknowledged' && state !== 'refused') return null
  return {
    destination,
    uid: deliveryId,
    state,
    reference: theirWords(reference, 200),
    sha256: typeof sha256 === 'string' && hex.test(sha256) ? sha256 : null,
    code: state === 'refused' ? (theirWords(code, 60) ?? 'refused') : null,
    text: state === 'refused' ? (theirWords(text, 500) ?? '') : null,
  }
}

/**
 * Takes an acknowledgement that a destination sends by itself: late, twice, for another's delivery or with a wrong hash, it
 * never marks the wrong record. `said` comes from `readCallback`, after its signature was checked.
 */
export async function acknowledge(
  db: Queryable,
  said: SaidOutcome,
  node: string,
  service: Service = 'eforms',
): Promise<Acknowledged> {
  if (await settleByCallback(db, said, node)) {
    failurePoint('callback-after-commit')
    return { state: 'settled' }
  }
  const pointed = await findPointed(db, said)
  const unmatched = async (why: string, delivery: number | null): Promise<Acknowledged> => {
    await noteUnmatched(db, said, why, delivery, service)
    return { state: 'unmatched' }
  }
  if (pointed === null) return unmatched('delivery-unknown', null)
  if (pointed.destination !== said.destination) return unmatched('delivery-of-another-destination', null)
  const ended = pointed.state === 'acknowledged' || pointed.state === 'refused' || pointed.state === 'withdrawn'
  const fits = said.state === 'refused' || pointed.sameBytes
  if (ended && pointed.state === said.state && fits) return { state: 'again' }
  if (ended) return unmatched('contradicts-an-earlier-answer', pointed.id)
  await askSoon(db, pointed.id)
  return { state: 'early' }
}
