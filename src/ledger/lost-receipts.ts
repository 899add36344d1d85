import { SluisError } from '../kernel/errors.ts'
import { isUuid8, prefixOf } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { isDatabaseAway, type Database, type Queryable } from '../store/connect.ts'
import { findMissing, insertMissing } from '../store/spooled-missing.ts'
import type { Spool } from './spool/spool.ts'

/**
 * Names the receipts this node gave for spooled messages that its disk has lost, in the database, where the books show them
 * (law 4). The node's own list is given up only when they stand there; while the database is away it waits for next time.
 */
export async function nameLostReceipts(deps: {
  readonly db: Database
  readonly spool: Pick<Spool, 'lostReceipts' | 'forgetLost'>
  readonly node: string
  readonly log: Log
}): Promise<void> {
  const { db, spool, node, log } = deps
  try {
    const lost = await spool.lostReceipts()
    if (lost.length === 0) return
    const missing = await insertMissing(
      db,
      node,
      lost.map((one) => ({ ...one, prefix: prefixOf(one.receipt), refused: false })),
    )
    await spool.forgetLost()
    log.error('spooled-receipts-missing', { lost: lost.length, missing })
  } catch (error) {
    if (!isDatabaseAway(error)) log.error('lost-receipts-not-named', {}, error)
  }
}

/** What is known of a receipt whose message was lost, and whose it was; null for any other receipt. */
export async function lostMessage(
  db: Queryable,
  receipt: string,
): Promise<{ readonly senderId: number; readonly error: SluisError } | null> {
  const missing = isUuid8(receipt) ? await findMissing(db, receipt) : null
  if (missing === null) return null
  const { node, senderId, spooledAt } = missing
  return { senderId, error: new SluisError('message-lost', { receipt, node, at: spooledAt.toISOString() }) }
}
