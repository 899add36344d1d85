import type { Queryable } from './connect.ts'

/** Marks that were made while their message was being planned reach its deliveries as well. */
export async function spreadUrgentMarks(tx: Queryable): Promise<void> {
  await tx.query({
    name: 'spread-urgent-marks',
    text: `update delivery d set urgent = true from urgent_mark u
      where u.at > now() - interval '10 minutes' and d.message = u.message and u.record in (0, d.record)
        and not d.urgent and d.state in ('blocked', 'waiting', 'unknown', 'pending')`,
  })
}

/** Rates older than a day are not read by anybody. */
export async function dropOldRates(tx: Queryable): Promise<void> {
  await tx.query({ name: 'drop-old-rates', text: `delete from delivery_rate where at < now() - interval '1 day'` })
}
