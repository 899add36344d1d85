import type { Queryable } from './connect.ts'

/** A receipt a node gave for a message on its own disk. */
export interface SpooledReceipt {
  readonly receipt: string
  readonly prefix: string
  readonly senderId: number
  readonly spooledAt: Date
}

/** Who was given a receipt by a spool whose bytes never arrived, and when; null for any other. */
export async function findMissing(
  db: Queryable,
  receipt: string,
): Promise<{ node: string; senderId: number; spooledAt: Date } | null> {
  const { rows } = await db.query<{ node: string; senderId: number; spooledAt: Date }>({
    text: `select node, sender_id as "senderId", spooled_at as "spooledAt" from spooled_missing where receipt = $1`,
    values: [receipt],
  })
  return rows[0] ?? null
}

/**
 * Writes down which of these receipts the database has no message for; the same one twice is one. Returns how many are new.
 * A message that is sent again later has a key from then on and is not missing any more.
 */
export async function insertMissing(db: Queryable, node: string, receipts: readonly SpooledReceipt[]): Promise<number> {
  const { rowCount } = await db.query({
    text: `insert into spooled_missing (receipt, node, sender_id, spooled_at)
      select r.receipt, $1, r.sender_id, r.spooled_at
      from unnest($2::uuid[], $3::bigint[], $4::int[], $5::timestamptz[]) as r(receipt, prefix, sender_id, spooled_at)
      where not exists (select from message_key k where k.prefix = r.prefix and k.receipt = r.receipt)
        and not exists (select from message_conflict c where c.receipt = r.receipt)
      on conflict do nothing`,
    values: [
      node,
      receipts.map((one) => one.receipt),
      receipts.map((one) => one.prefix),
      receipts.map((one) => one.senderId),
      receipts.map((one) => one.spooledAt.toISOString()),
    ],
  })
  return rowCount ?? 0
}
