import { failurePoint } from '../kernel/failure-points.ts'
import type { ReceiptNumber } from '../kernel/ids.ts'
import { findKeys, insertConflict, insertMessages, type KeyRow, type MessageRow } from '../store/accept.ts'
import { isDatabaseAway, isRetryable, type Queryable } from '../store/connect.ts'
import type { CustodyLevel } from '../store/rows.ts'
import type { Arrival, Custody } from './arrival.ts'
import type { DataKey, Vault } from './vault.ts'

/** An arrival with its receipt number; what the ledger queues, spools and stores. */
export interface Numbered extends Arrival, ReceiptNumber {}

export type Outcome = Custody | { readonly state: 'failed'; readonly error: unknown }

/**
 * Stores a batch durably and says what became of each, in order. One statement for all; a message whose data the database
 * refuses is found by storing one by one, so that it never takes its neighbours down.
 *
 * Throws only when the database is away; then nothing is known about the batch, and storing it again is safe. What cannot be
 * kept for another reason is `failed`, and only that.
 */
export async function storeBatch(
  db: Queryable,
  vault: Vault,
  node: string,
  batch: readonly Numbered[],
  level: CustodyLevel,
): Promise<Outcome[]> {
  const rows: MessageRow[] = []
  for (const arrival of batch) {
    const dataKey = vault.ready(arrival.service, arrival.receivedAt)
    rows.push(makeRow(vault, arrival, level, dataKey ?? (await vault.forPeriod(arrival.service, arrival.receivedAt))))
  }
  const firstPlace = new Map<string, number>()
  const distinct: MessageRow[] = []
  const placeOf = rows.map((row) => {
    const name = nameOf(row)
    const known = firstPlace.get(name)
    if (known !== undefined) return known
    firstPlace.set(name, distinct.length)
    return distinct.push(row) - 1
  })
  failurePoint('accept-before-commit')
  const inserted = await insertPatiently(db, distinct, node)
  if (inserted.state === 'failed') return batch.length === 1 ? [inserted] : storeOneByOne(db, vault, node, batch, level)
  const { taken } = inserted
  failurePoint('accept-after-commit')
  // The usual batch is all new: nothing to look up and nobody to compare with.
  if (taken.size === 0 && distinct.length === rows.length) return rows.map((row) => accepted(row, row, false))

  const lost = distinct.filter((_, place) => taken.has(place))
  const known = lost.length === 0 ? new Map<string, KeyRow>() : await holdersOf(db, lost)
  const seen = new Set<number>()
  return Promise.all(
    rows.map(async (row, index): Promise<Outcome> => {
      const place = placeOf[index]!
      const repeatedInBatch = seen.has(place)
      seen.add(place)
      if (!taken.has(place)) return judge(db, row, distinct[place]!, node, repeatedInBatch).catch(failed)
      if ('error' in known) return { state: 'failed', error: known.error }
      const holder = known.get(nameOf(row))
      if (holder === undefined) return { state: 'failed', error: new Error('a key vanished between two statements') }
      return judge(db, row, holder, node, true).catch(failed)
    }),
  )
}

/** Who was there before, by name; or why that could not be read. The rest of the batch is stored all the same. */
async function holdersOf(
  db: Queryable,
  lost: readonly MessageRow[],
): Promise<Map<string, KeyRow> | { error: unknown }> {
  try {
    return new Map((await findKeys(db, lost)).map((key) => [nameOf(key), key]))
  } catch (error) {
    return { error: failed(error).error }
  }
}

/** An error that only concerns what it happened to; throws it when the database is away. */
function failed(error: unknown): { readonly state: 'failed'; readonly error: unknown } {
  if (isDatabaseAway(error)) throw error
  return { state: 'failed', error }
}

const nameOf = (key: { prefix: string; senderId: number; messageId: string }): string =>
  `${key.prefix} ${key.senderId} ${key.messageId}`

const accepted = (row: MessageRow, holder: KeyRow | MessageRow, repeated: boolean): Custody => ({
  state: 'accepted',
  receipt: row.receipt,
  receivedAt: holder.receivedAt,
  level: holder.level,
  repeated,
})

/** Same bytes: the receipt that is there. Other bytes: both are kept. */
async function judge(
  db: Queryable,
  row: MessageRow,
  holder: KeyRow | MessageRow,
  node: string,
  repeated: boolean,
): Promise<Custody> {
  if (holder.receipt === row.receipt) return accepted(row, holder, repeated)
  const kept = await insertConflict(db, row, holder.receipt, node)
  return { state: 'conflict', receipt: row.receipt, firstReceipt: holder.receipt, ...kept }
}

/** The places that were taken already. Deadlocks are tried again: the other lane has won by then. */
async function insertPatiently(
  db: Queryable,
  rows: readonly MessageRow[],
  node: string,
): Promise<{ readonly state: 'inserted'; readonly taken: ReadonlySet<number> } | ReturnType<typeof failed>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { state: 'inserted', taken: await insertMessages(db, rows, node) }
    } catch (error) {
      if (isRetryable(error) && attempt < 6) continue
      return failed(error)
    }
  }
}

async function storeOneByOne(
  db: Queryable,
  vault: Vault,
  node: string,
  batch: readonly Numbered[],
  level: CustodyLevel,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const arrival of batch) outcomes.push(...(await storeBatch(db, vault, node, [arrival], level)))
  return outcomes
}

function makeRow(vault: Vault, arrival: Numbered, level: CustodyLevel, dataKey: DataKey): MessageRow {
  return {
    receipt: arrival.receipt,
    prefix: arrival.prefix,
    senderId: arrival.senderId,
    messageId: arrival.messageId,
    service: arrival.service,
    receivedAt: arrival.receivedAt,
    format: arrival.format,
    sha256: arrival.sha256,
    size: arrival.body.length,
    body: vault.seal(dataKey, arrival.body, arrival.receipt),
    dataKey: dataKey.id,
    level,
    traceparent: arrival.traceparent,
  }
}
