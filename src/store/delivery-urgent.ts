import type { Queryable } from './connect.ts'

const open = `('blocked', 'waiting', 'unknown', 'pending')`
/** SQL: what must go before the deliveries `meant`, which have an `id`, a `destination` and an `order_key`. */
const first = `select e.id from meant m join delivery e on e.destination = m.destination and e.order_key = m.order_key
        where e.id < m.id and e.state in ${open}`

export interface UrgentMark {
  readonly message: number
  /** One record of the message; 0 for all. */
  readonly record: number
  readonly reason: string
  readonly owner: string
}

/**
 * Marks what a message or record owes as urgent, with all that must go before it: earlier deliveries of the same patient to
 * the same destination. Also what is planned later. Returns how many deliveries now go first.
 */
export async function insertUrgentMark(db: Queryable, mark: UrgentMark): Promise<number> {
  const { rows } = await db.query<{ id: number }>({
    text: `with marked as (
        insert into urgent_mark (message, record, reason, owner) values ($1, $2, $3, $4)
        on conflict (message, record) do nothing
      ), meant as (
        select id, destination, order_key from delivery
        where message = $1 and $2::bigint in (0, record) and state in ${open}
      ), first as (
        ${first}
      ), hurried as (
        update delivery d set urgent = true where not d.urgent and d.id in (select id from meant union select id from first)
        returning d.*
      ), told as (
        insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, detail)
        select service, message, received_at, record, id, sender_id, 'urgent', $4,
          jsonb_build_object('reason', $3::text, 'destination', destination) from hurried
      )
      select id from hurried`,
    values: [mark.message, mark.record, mark.reason, mark.owner],
  })
  return rows.length
}

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
        ${first}
      )
      update delivery d set urgent = true
      where d.id = any(array(select id from meant union select id from first)) and not d.urgent and d.state in ${open}`,
  })
}
