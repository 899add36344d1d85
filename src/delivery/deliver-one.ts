import type { CanonicalRecord } from '../formats/record.ts'
import { SluisError } from '../kernel/errors.ts'
import { failurePoint } from '../kernel/failure-points.ts'
import { recordName } from '../kernel/ids.ts'
import { beginSpan, traceparentOf } from '../kernel/tracing.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Database } from '../store/connect.ts'
import type { ClaimedDelivery } from '../store/delivery-claimed.ts'
import { earlierHad, whatOvertakes } from '../store/delivery-had.ts'
import type { Counters } from './counters.ts'
import type { Job } from './ahead.ts'
import type { DestinationConfig } from './config.ts'
import { isTimeFor } from './lease-time.ts'
import { openContent, type Written } from './letter-desk.ts'
import type { DeliveryItem, Envelope, Outcome, Transport } from './transports/transport.ts'

/** What became of one job. `withdrawn`: there is nothing (left) to tell. */
export interface Answer {
  readonly job: Job
  readonly outcome: Outcome | { readonly state: 'withdrawn'; readonly code: string }
  /** Hash of the body sent this time, or of the one an acknowledgement was found for; null when neither. */
  readonly sha256: Buffer | null
}

interface Deps {
  readonly destination: DestinationConfig
  readonly db: Database
  readonly vault: Vault
}

/**
 * Delivers one leased delivery: writes its letter unless it is written already, asks first when an earlier try may have been
 * done, sends, and returns what the destination said. Never sends what the destination may already have without having been
 * told that it does not. Null when the lease is too near its end for the next request: this time nothing was sent.
 */
export async function deliverOne(
  deps: Deps,
  transport: Transport,
  counters: Counters,
  job: Job,
): Promise<Answer | null> {
  const { delivery } = job
  const written = job.written ?? (await write(deps, transport, delivery))
  if ('withdrawn' in written) return withdrawn(job, written.withdrawn)
  const { letter } = written
  const envelope = envelopeOf(delivery, written)
  // Looked at where it matters: the letter may have waited for a slow database, and the answer to a question takes time.
  const hasBeenTried = delivery.state !== 'waiting' || delivery.expired
  if (hasBeenTried) {
    if (!isTimeFor('question', deps.destination, job)) return null
    counters.asked += 1
    const known = delivery.bodySha256
    const outcome = await transport.ask(envelope, known === null ? [letter.sha256] : [known, letter.sha256])
    const found = outcome.state === 'acknowledged' && known === null
    if (outcome.state !== 'absent') return { job, outcome, sha256: found ? letter.sha256 : null }
  }
  // While it was not known or withheld, its correction may have gone past it.
  if (hasBeenTried || delivery.held || delivery.attempts > 0) {
    const overtakes = await whatOvertakes(deps.db, delivery.id)
    if (overtakes === 'overtaken') return withdrawn(job, 'replaced')
    // Given back it waits for what is about to leave: that may be given back too, and withheld before it is claimed again.
    if (overtakes === 'close' && delivery.held) return null
  }
  if (!isTimeFor('post', deps.destination, job)) return null
  counters.sent += 1
  failurePoint('send-before-request')
  const span = beginSpan('delivery.send', envelope.traceparent, 'out', {
    'sluis.destination': deps.destination.name,
    'sluis.delivery': envelope.uid,
    'sluis.record': envelope.recordName,
    'sluis.purpose': envelope.purpose,
  })
  // The destination's own spans hang below ours.
  const traceparent = traceparentOf(span) ?? envelope.traceparent
  const outcome = await transport.send({ ...envelope, traceparent }, letter)
  span.setAttribute('sluis.outcome', outcome.state)
  span.end()
  failurePoint('send-after-answer')
  return { job, outcome, sha256: letter.sha256 }
}

const withdrawn = (job: Job, code: string): Answer => ({ job, outcome: { state: 'withdrawn', code }, sha256: null })

function envelopeOf(delivery: ClaimedDelivery, { open }: Written): Envelope {
  const { uid, purpose, receipt, ordinal, receivedAt, traceparent } = delivery
  return { uid, purpose, recordName: recordName(receipt, ordinal), receivedAt, traceparent, open }
}

/** Or why there is nothing to tell. */
async function write(
  deps: Deps,
  transport: Transport,
  delivery: ClaimedDelivery,
): Promise<Written | { readonly withdrawn: string }> {
  const item = await openItem(deps, delivery)
  if (item === null) return { withdrawn: 'content-destroyed' }
  try {
    return { letter: transport.write(item), open: () => item.record }
  } catch (error) {
    if (!(error instanceof SluisError)) throw error
    return { withdrawn: error.code }
  }
}

async function openItem(deps: Deps, delivery: ClaimedDelivery): Promise<DeliveryItem | null> {
  const name = recordName(delivery.receipt, delivery.ordinal)
  const { content, dataKey } = delivery
  const sealed = content === null ? null : Buffer.from(content, 'base64')
  const record = await openKept(deps.vault, { content: sealed, dataKey }, name)
  if (record === null) return null
  return {
    uid: delivery.uid,
    purpose: delivery.purpose,
    recordName: name,
    receivedAt: delivery.receivedAt,
    traceparent: delivery.traceparent,
    record,
    replaces: delivery.replaces,
    earlier: delivery.replaces === null ? null : await openEarlier(deps, delivery, record),
    uvci: delivery.uvci,
  }
}

/** What the destination has of what this record takes the place of: the one before it, or an earlier one when it was not taken. */
async function openEarlier(
  deps: Deps,
  delivery: ClaimedDelivery,
  { action }: CanonicalRecord,
): Promise<DeliveryItem['earlier']> {
  // Certificates are asked for and revoked by their own numbers.
  if (delivery.purpose === 'certificate' || delivery.purpose === 'revocation') return null
  const earlier = await earlierHad(deps.db, delivery, deps.destination.name)
  // What was taken back already cannot be once more, and what was refused is not there to be corrected.
  if (earlier === null || earlier.withdraws || (earlier.refused && action.state !== 'withdraw')) return null
  const recordId = recordName(earlier.receipt, earlier.ordinal)
  const record = await openKept(deps.vault, earlier, recordId)
  return record === null ? null : { recordId, record }
}

/** Null when the retention is over: the row is gone, or its key. */
async function openKept(
  vault: Vault,
  row: { readonly content: Buffer | null; readonly dataKey: number | null },
  name: string,
): Promise<CanonicalRecord | null> {
  if (row.content === null || row.dataKey === null) return null
  try {
    return openContent(vault, await vault.byId(row.dataKey), row.content, name)
  } catch (error) {
    if (error instanceof SluisError && error.code === 'content-destroyed') return null
    throw error
  }
}
