import type { Queryable } from './connect.ts'

const open = `('blocked', 'waiting', 'unknown', 'pending')`

/**
 * Marks that were made before their message was planned reach its deliveries, and what must go before these: earlier
 * deliveries of the same patient to the same destination.
 */
export async function spreadUrgentMarks(tx: Queryable): Promise<void> {
  await tx.query({
    name: 'spread-urgent-marks',
    text: `with meant as materialized (
        select d.id, d.destination, d.order_key from urgent_mark u join delivery d on d.message = u.message
        where u.at > now() - interval '1 day' and u.record in (0, d.record) and d.state in ${open}
      ), first as materialized (
        select e.id from meant m join delivery e on e.destination = m.destination and e.order_key = m.order_key
        where e.id < m.id and e.state in ${open}
      )
      update delivery d set urgent = true
      where d.id = any(array(select id from meant union select id from first)) and not d.urgent and d.state in ${open}`,
  })
}

/** Rates older than a day are not read by anybody. */
export async function dropOldRates(tx: Queryable): Promise<void> {
  await tx.query({ name: 'drop-old-rates', text: `delete from delivery_rate where at < now() - interval '1 day'` })
}
