import type { CanonicalRecord } from '../formats/record.ts'
import { SluisError } from '../kernel/errors.ts'
import { failurePoint } from '../kernel/failure-points.ts'
import { parseRecordName, prefixOf, recordName } from '../kernel/ids.ts'
import { beginSpan, traceparentOf } from '../kernel/tracing.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Database } from '../store/connect.ts'
import type { ClaimedDelivery } from '../store/delivery-claim.ts'
import { recordsNamed } from '../store/delivery-plan.ts'
import type { Counters } from './counters.ts'
import type { Job } from './destination-loop.ts'
import type { DeliveryItem, Letter, Outcome, Transport } from './transports/transport.ts'

/** What became of one job. `withdrawn`: there is nothing (left) to tell. */
export interface Answer {
  readonly job: Job
  readonly outcome: Outcome | { readonly state: 'withdrawn'; readonly code: string }
  /** Hash of the body sent this time, or of the one an acknowledgement was found for; null when neither. */
  readonly sha256: Buffer | null
}

interface Deps {
  readonly db: Database
  readonly vault: Vault
}

/**
 * Delivers one leased delivery: opens its record, asks first when an earlier try may have been done, sends, and returns what
 * the destination said. Never sends what the destination may already have without having been told that it does not.
 */
export async function deliverOne(deps: Deps, transport: Transport, counters: Counters, job: Job): Promise<Answer> {
  const { delivery } = job
  const item = await openItem(deps, delivery)
  if (item === null) return { job, outcome: { state: 'withdrawn', code: 'content-destroyed' }, sha256: null }
  let letter: Letter
  try {
    letter = transport.write(item)
  } catch (error) {
    if (!(error instanceof SluisError)) throw error
    return { job, outcome: { state: 'withdrawn', code: error.code }, sha256: null }
  }
  if (delivery.state !== 'waiting' || delivery.expired) {
    counters.asked += 1
    const known = delivery.bodySha256
    const outcome = await transport.ask(item, known === null ? [letter.sha256] : [known, letter.sha256])
    const found = outcome.state === 'acknowledged' && known === null
    if (outcome.state !== 'absent') return { job, outcome, sha256: found ? letter.sha256 : null }
  }
  counters.sent += 1
  failurePoint('send-before-request')
  const span = beginSpan('delivery.send', item.traceparent, 'out', {
    'sluis.delivery': item.uid,
    'sluis.record': item.recordName,
    'sluis.purpose': item.purpose,
  })
  // The destination's own spans hang below ours.
  const outcome = await transport.send({ ...item, traceparent: traceparentOf(span) ?? item.traceparent }, letter)
  span.setAttribute('sluis.outcome', outcome.state)
  span.end()
  failurePoint('send-after-answer')
  return { job, outcome, sha256: letter.sha256 }
}

async function openItem(deps: Deps, delivery: ClaimedDelivery): Promise<DeliveryItem | null> {
  const name = recordName(delivery.receipt, delivery.ordinal)
  const record = await openContent(deps.vault, delivery, name)
  if (record === null) return null
  return {
    uid: delivery.uid,
    purpose: delivery.purpose,
    recordName: name,
    receivedAt: delivery.receivedAt,
    traceparent: delivery.traceparent,
    record,
    replaces: delivery.replaces,
    earlier: delivery.replaces === null ? null : await openEarlier(deps, delivery.replaces),
    uvci: delivery.uvci,
  }
}

async function openEarlier(deps: Deps, name: string): Promise<DeliveryItem['earlier']> {
  const parsed = parseRecordName(name)
  if (parsed === null) return null
  const [row] = await recordsNamed(deps.db, [{ prefix: prefixOf(parsed.receipt), ...parsed }])
  const record = row === undefined ? null : await openContent(deps.vault, row, name)
  return record === null ? null : { recordId: name, record }
}

/** Null when the retention is over: the row is gone, or its key. */
async function openContent(
  vault: Vault,
  row: { readonly content: Buffer | null; readonly dataKey: number | null },
  name: string,
): Promise<CanonicalRecord | null> {
  if (row.content === null || row.dataKey === null) return null
  try {
    return JSON.parse(vault.unseal(await vault.byId(row.dataKey), row.content, name).toString()) as CanonicalRecord
  } catch (error) {
    if (error instanceof SluisError && error.code === 'content-destroyed') return null
    throw error
  }
}
