import type { Service } from '../formats/record.ts'
import { thorough, type Queryable } from './connect.ts'

export type Purpose = 'result' | 'vaccination' | 'certificate' | 'revocation'

/** Where a delivery is. `blocked` waits for another delivery; `unknown` may have been done and is asked for first. */
export type DeliveryState = 'blocked' | 'waiting' | 'unknown' | 'pending' | 'acknowledged' | 'refused' | 'withdrawn'

/** What is owed: one record to one destination. `after` is the uid of the delivery that must be acknowledged first. */
export interface OwedDelivery {
  readonly uid: string
  readonly destination: string
  readonly purpose: Purpose
  readonly service: Service
  readonly formKind: string
  readonly senderId: number
  readonly message: number
  readonly record: number
  readonly receipt: string
  readonly ordinal: number
  readonly receivedAt: Date
  readonly traceparent: string | null
  readonly orderKey: Buffer | null
  /** Uid of the delivery whose place among those of a patient it takes: what replaces goes after what it replaces. */
  readonly follows: string | null
  readonly after: string | null
  readonly replaces: string | null
  readonly revokes: number | null
}

// A follower is planned in the transaction of its predecessor, so nobody can settle that one unseen in between.
const insertText = `
with input as materialized (
  select distinct on (uid) *
  from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::bigint[],
    $9::uuid[], $10::int[], $11::timestamptz[], $12::text[], $13::text[], $14::uuid[], $15::text[], $16::bigint[], $18::uuid[])
    with ordinality
  as i(uid, destination, purpose, service, form_kind, sender_id, message, record, receipt, ordinal, received_at,
    traceparent, order_key, after_uid, replaces, revokes, follows_uid, place)
  order by uid, place
), fresh as (
  insert into delivery_key (uid, delivery)
  select uid, nextval('delivery_id_seq') from (select uid from input order by place) i
  on conflict do nothing returning uid, delivery
), owed as (
  insert into delivery (id, uid, destination, purpose, service, form_kind, sender_id, message, record, receipt, ordinal,
    received_at, traceparent, order_key, after, replaces, revokes, state, due_at, urgent, held)
  overriding system value
  select f.delivery, i.uid, i.destination, i.purpose, i.service, i.form_kind, i.sender_id, i.message, i.record, i.receipt,
    i.ordinal,
    i.received_at, i.traceparent,
    coalesce((select q.order_key from delivery_key fk join delivery q on q.id = fk.delivery where fk.uid = i.follows_uid),
      decode(i.order_key, 'hex')), p.id, i.replaces, i.revokes,
    case when i.after_uid is null or p.state = 'acknowledged' then 'waiting'
      when p.state in ('refused', 'withdrawn') then 'withdrawn' else 'blocked' end,
    i.received_at,
    exists (select from urgent_mark u where u.message = i.message and u.record in (0, i.record)),
    exists (select from verdict v where v.service = i.service and v.received_at = i.received_at and v.record = i.record
      and v.outcome = 'withhold')
  from fresh f join input i on i.uid = f.uid
    left join delivery_key k on k.uid = i.after_uid left join delivery p on p.id = k.delivery
  order by f.delivery
  returning id, service, message, received_at, record, sender_id, destination, purpose
), told as (
  insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, detail)
  select service, message, received_at, record, id, sender_id, 'owed', $17,
    jsonb_build_object('destination', destination, 'purpose', purpose)
  from owed order by id
)
select id from owed`

/** Writes deliveries that are not there yet, each with its entry, to go out in this order. Returns how many were new. Repeatable. */
export async function insertDeliveries(tx: Queryable, rows: readonly OwedDelivery[], actor: string): Promise<number> {
  const heads = rows.filter((row) => row.after === null)
  const followers = rows.filter((row) => row.after !== null)
  return (await insertBatch(tx, heads, actor)) + (await insertBatch(tx, followers, actor))
}

async function insertBatch(tx: Queryable, rows: readonly OwedDelivery[], actor: string): Promise<number> {
  if (rows.length === 0) return 0
  const { rows: owed } = await tx.query<{ id: number }>({
    name: 'insert-deliveries',
    text: insertText,
    values: [
      rows.map((row) => row.uid),
      rows.map((row) => row.destination),
      rows.map((row) => row.purpose),
      rows.map((row) => row.service),
      rows.map((row) => row.formKind),
      rows.map((row) => row.senderId),
      rows.map((row) => row.message),
      rows.map((row) => row.record),
      rows.map((row) => row.receipt),
      rows.map((row) => row.ordinal),
      rows.map((row) => row.receivedAt.toISOString()),
      rows.map((row) => row.traceparent),
      rows.map((row) => row.orderKey?.toString('hex') ?? null),
      rows.map((row) => row.after),
      rows.map((row) => row.replaces),
      rows.map((row) => row.revokes),
      actor,
      rows.map((row) => row.follows),
    ],
  })
  return owed.length
}

/** Fresh statistics after a bulk of new rows: without them the planner took a twentieth of the speed. */
export async function analyzeDeliveries(db: Queryable): Promise<void> {
  await db.query({ ...thorough, text: 'analyze delivery' })
}
