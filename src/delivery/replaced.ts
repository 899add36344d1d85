import { namedUuid, prefixOf, receiptNumber, recordName } from '../kernel/ids.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Queryable } from '../store/connect.ts'
import { insertDeliveries } from '../store/deliveries.ts'
import type { PlannedRecord } from '../store/delivery-plan.ts'
import { closeReplacements, revokeReplaced, withdrawUnsent, type Only } from '../store/replacement-effects.ts'
import {
  endReplacements,
  insertReplacements,
  replacementCandidates,
  replacementsBy,
  replacingNothing,
  tieReplacement,
  type Candidate,
  type Misled,
  type ReplacedBy,
} from '../store/replacements.ts'
import { addSteps, shardCount } from '../store/steps.ts'

/** What a record takes the place of; `nothing`: the message it names holds no record that it could mean. */
export type Replaced =
  | {
      readonly state: 'record'
      readonly record: number
      readonly name: string
      readonly patient: Buffer | null
      readonly formKind: string
      /** Somebody is owed it by now; of what nobody is, there is nothing to replace or withdraw. */
      readonly sent: boolean
    }
  | { readonly state: 'nothing' }

/** A record that says it takes the place of another. */
type ReplacingRecord = Pick<
  PlannedRecord,
  'id' | 'message' | 'receipt' | 'ordinal' | 'service' | 'receivedAt' | 'senderId' | 'action' | 'replacesMessageId'
>

/**
 * Finds what the correcting and withdrawing records of a batch replace, by the sender's own message id, and ties earlier
 * ones that waited for a record of this batch. Returns by record what each replaces, one after the other, the latest first:
 * that one may be refused or withheld, and what it was to replace is what somebody has. Beside it every record that was tied.
 */
export async function findReplaced(
  deps: { readonly vault: Vault },
  tx: Queryable,
  records: readonly PlannedRecord[],
  actor: string,
): Promise<{ readonly replaced: Map<number, readonly Replaced[]>; readonly tied: readonly number[] }> {
  const replacing = records.filter((record) => record.action !== 'new')
  const tied = await tieAll(deps, tx, { replacing, arrived: records }, actor)
  if (replacing.length === 0) return { replaced: new Map(), tied }
  const ids = replacing.map((record) => record.id)
  // What is withheld can be let go at any moment: it is taken back first, and what could not be is on its way then.
  await withdrawUnsent(tx, actor, ids)
  return { replaced: await whatIsReplaced(tx, ids), tied }
}

/**
 * Only a record of the same form is meant. One of another form is owed elsewhere: whoever has it would not hear that it is
 * taken back. Rounds of a vaccination are one form and go to one register, so a booster may correct a vaccination. Returns
 * those that were tied.
 */
async function tieAll(
  deps: { readonly vault: Vault },
  tx: Queryable,
  given: { readonly replacing: readonly ReplacingRecord[]; readonly arrived: readonly PlannedRecord[] },
  actor: string,
): Promise<readonly number[]> {
  await insertReplacements(
    tx,
    given.replacing.map((record) => toReplacement(deps.vault, record)),
  )
  const replacing = new Set(given.replacing.map((record) => record.id))
  const misled: Misled[] = []
  const tied: number[] = []
  const candidates = await replacementCandidates(tx, [...replacing], given.arrived)
  for (const [byRecord, all] of Map.groupBy(candidates, (one) => one.byRecord)) {
    const possible = all.filter(({ sameForm }) => sameForm)
    const meant = possible.length === 1 ? possible[0] : possible.find((one) => one.ordinal === one.byOrdinal)
    if (meant === undefined) {
      const code = possible.length === 0 ? 'replaces-other-form' : 'replaces-unclear'
      if (all.some(({ accepted }) => accepted)) misled.push({ byRecord, receipt: all[0]!.receipt, code })
      continue
    }
    // What the form refused nobody has: its correction goes out as new.
    if (!meant.accepted) continue
    if (meant.unnoted !== null)
      tied.push(...(await tieAll(deps, tx, { replacing: [refusedOne(meant, meant.unnoted)], arrived: [] }, actor)))
    if (!(await tieReplacement(tx, byRecord, meant.record, actor))) continue
    tied.push(byRecord)
    if (!replacing.has(byRecord) && meant.action === 'withdraw') await planAgain(tx, meant)
  }
  await endReplacements(tx, misled, actor)
  return tied
}

const refusedOne = (meant: Candidate, said: NonNullable<Candidate['unnoted']>): ReplacingRecord => ({
  id: meant.record,
  message: meant.recordMessage,
  receipt: meant.receipt,
  ordinal: meant.ordinal,
  service: meant.service,
  receivedAt: meant.recordReceivedAt,
  senderId: meant.senderId,
  action: said.action,
  replacesMessageId: said.messageId,
})

async function whatIsReplaced(tx: Queryable, byRecords: readonly number[]): Promise<Map<number, readonly Replaced[]>> {
  const nothing = await replacingNothing(tx, byRecords)
  const found = Map.groupBy(await replacementsBy(tx, byRecords), ({ byRecord }) => byRecord)
  return new Map<number, readonly Replaced[]>([
    ...nothing.map((byRecord) => [byRecord, [{ state: 'nothing' }]] as const),
    ...[...found].map(
      ([byRecord, chain]) =>
        [
          byRecord,
          chain.map(({ receipt, ordinal, ...one }) => ({
            state: 'record' as const,
            name: recordName(receipt, ordinal),
            ...one,
          })),
        ] as const,
    ),
  ])
}

function toReplacement({ keys }: Vault, record: ReplacingRecord) {
  const messageId = record.replacesMessageId ?? ''
  // Only the prefix is wanted, and that does not depend on the bytes.
  const { receipt } = receiptNumber(keys.receipt, record.senderId, messageId, Buffer.alloc(32))
  return {
    byRecord: record.id,
    byMessage: record.message,
    byReceipt: record.receipt,
    byOrdinal: record.ordinal,
    service: record.service,
    receivedAt: record.receivedAt,
    senderId: record.senderId,
    prefix: prefixOf(receipt),
    messageId,
    action: record.action === 'withdraw' ? ('withdraw' as const) : ('correct' as const),
  }
}

/** A withdrawal that came before what it withdraws owes its deliveries from now on. */
export async function planAgain(tx: Queryable, by: ReplacedBy): Promise<void> {
  const step = {
    shard: by.senderId % shardCount,
    message: by.byMessage,
    record: by.byRecord,
    receivedAt: by.byReceivedAt,
  }
  await addSteps(tx, 'plan', by.service, [step])
}

/**
 * Settles what replaced records still owe: certificates never asked for and what is withheld are withdrawn, certificates that
 * exist are revoked, and those on their way are looked at again when they arrive. Repeatable; also run from time to time for
 * all that are open, because a certificate can arrive while its record is being replaced in another transaction, and what
 * replaces it can be let go.
 */
export async function settleReplaced(tx: Queryable, actor: string, only: Only): Promise<void> {
  await withdrawUnsent(tx, actor, only)
  const due = await revokeReplaced(tx, actor, only)
  const revocations = due.map((one) => ({
    uid: namedUuid('delivery', one.replaces, one.destination, 'revocation'),
    destination: one.destination,
    purpose: 'revocation' as const,
    service: one.service,
    formKind: one.formKind,
    senderId: one.senderId,
    message: one.byMessage,
    record: one.byRecord,
    receipt: one.byReceipt,
    ordinal: one.byOrdinal,
    receivedAt: one.receivedAt,
    traceparent: null,
    orderKey: null,
    follows: null,
    after: null,
    replaces: one.replaces,
    revokes: one.certificate,
  }))
  await insertDeliveries(tx, revocations, actor)
  await closeReplacements(tx, only)
}
