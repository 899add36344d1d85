import type { Queryable } from './connect.ts'

/** Rates older than a day are not read by anybody. */
export async function dropOldRates(tx: Queryable): Promise<void> {
  await tx.query({ name: 'drop-old-rates', text: `delete from delivery_rate where at < now() - interval '1 day'` })
}
