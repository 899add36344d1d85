import type { Queryable } from './connect.ts'
import { claimedColumns, rowsOf, withContent, type ClaimedColumns, type ClaimedDelivery } from './delivery-claimed.ts'
import { existsLater } from './delivery-had.ts'
import { withheldNow } from './visibility.ts'

/** One service and form kind at one destination: they do not wait for each other. */
export interface Lane {
  readonly service: string
  readonly formKind: string
}

const open = `('waiting', 'unknown', 'pending')`

// The head of (destination, order key) only: the key is what is leased, or two lanes would overtake within one patient.
// What is withheld keeps nobody waiting, unless it is on its way: the patient's other records do not depend on it.
const due = `d.state in ${open} and d.due_at <= now() and (d.leased_until is null or d.leased_until < now())
  and (d.order_key is null or not exists (select from delivery e where e.destination = d.destination
    and e.order_key = d.order_key and e.id < d.id and e.state in ('blocked', 'waiting', 'unknown', 'pending')
    and not (e.held and (e.leased_until is null or e.leased_until < now())
      and is_withheld(e.service, e.received_at, e.record))))`
const claimable = `not d.held and ${due}`

// Arrays and limits keep the planner on the indexes, whatever it believes of the sizes just after a bulk.
const claimText = (usual: string): string => `
with lane as materialized (
  select * from unnest($2::text[], $3::text[], $4::int[]) as l(service, form_kind, share)
${usual}
), leased as (
  update delivery d set lease = $6, leased_until = now() + $7::int * interval '1 millisecond', leased_by = $8
  where d.id = any(array(select id from picked))
  returning d.id, d.uid, d.purpose, d.service, d.form_kind, d.record, d.receipt, d.ordinal, d.received_at, d.traceparent,
    d.replaces, d.revokes, d.state, d.held, d.urgent, d.due_at, d.attempts, d.body_sha256, d.last_code
)
select ${claimedColumns}
from (
  select d.*, c.uvci, (extract(epoch from d.received_at) * 1000)::float8 as received_ms,
    d.id = any(array(select id from picked where lease is not null)) as expired
  from leased d left join certificate c on c.id = d.revokes
  order by d.urgent desc, d.due_at, d.id
) d`

const dueText = claimText(`), urgent as materialized (
  select d.id, d.lease from delivery d
  where d.destination = $1 and d.urgent and ${claimable}
    and (d.service, d.form_kind) in (select service, form_kind from lane)
  order by d.due_at, d.id limit $5 for update of d skip locked
), usual as materialized (
  select p.id, p.lease, p.place from lane l cross join lateral (
    select o.id, o.lease, row_number() over () as place from (
      select d.id, d.lease from delivery d
      where d.destination = $1 and d.service = l.service and d.form_kind = l.form_kind and ${claimable}
      order by d.due_at, d.id limit l.share for update of d skip locked) o) p
), picked as (
  select id, lease from (
    select id, lease, 0 as place from urgent union all select id, lease, place from usual) p
  group by id, lease order by min(place), id limit $5`)

// Those with a withhold verdict of any version, of which no active one and no person withholds the record; nor while what
// replaces it is about to leave, or comes back.
const freed = `d.destination = $1 and d.held and ${due} and not ${withheldNow('d')}
    and not ${existsLater('d', 'e.leased_until >= now()')}
    and (d.service, d.form_kind) in (select service, form_kind from lane)`
const heldText = claimText(`), urgent as materialized (
  select d.id, d.lease from delivery d where d.urgent and ${freed}
  order by d.due_at, d.id limit $5 for update of d skip locked
), usual as materialized (
  select d.id, d.lease from delivery d where ${freed}
  order by d.due_at, d.id limit $5 for update of d skip locked
), picked as (
  select id, lease from (
    select id, lease, 0 as place from urgent union all select id, lease, 1 from usual) p
  group by id, lease order by min(place), id limit $5`)

export interface Claim {
  readonly destination: string
  readonly lanes: readonly (Lane & { readonly share: number })[]
  /** At most this many of all lanes together; urgent ones come first. */
  readonly total: number
  readonly lease: string
  readonly leaseMs: number
  readonly node: string
}

/** Leases due deliveries of one destination: urgent first, then the oldest of each lane. */
export function claimDeliveries(db: Queryable, claim: Claim): Promise<ClaimedDelivery[]> {
  return lease(db, 'claim-deliveries', dueText, claim)
}

/**
 * Leases due deliveries whose records some version withholds and no active one does, at most `total` of them. Looks at
 * everything withheld of the destination, so it is asked seldom.
 */
export function claimHeld(db: Queryable, claim: Claim): Promise<ClaimedDelivery[]> {
  return lease(db, 'claim-held', heldText, claim)
}

async function lease(db: Queryable, name: string, text: string, claim: Claim): Promise<ClaimedDelivery[]> {
  const { rows: claimed } = await db.query<ClaimedColumns>({
    name,
    text,
    values: [
      claim.destination,
      claim.lanes.map((lane) => lane.service),
      claim.lanes.map((lane) => lane.formKind),
      claim.lanes.map((lane) => lane.share),
      claim.total,
      claim.lease,
      claim.leaseMs,
      claim.node,
    ],
  })
  const rows = rowsOf(claimed[0]!)
  if (rows.length === 0) return []
  return withContent(db, rows).catch(async (error: unknown) => {
    // Nobody was sent anything yet: whoever asks next may have them at once.
    const unused = rows.map(({ id, expired }) => ({ id, expired, lease: claim.lease }))
    await returnLeases(db, unused).catch(() => undefined)
    throw error
  })
}

/** Changes whenever something withheld may have become visible. */
export async function visibilityMark(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ mark: string }>({
    name: 'visibility-mark',
    text: `select concat_ws(' ', (select max(id) from activation), (select max(id) from override),
      (select max(ended_at) from override where ended_at is not null)) as mark`,
  })
  return rows[0]!.mark
}

/** A lease to be given back unused. */
export interface UnusedLease {
  readonly id: number
  readonly lease: string
  /** As it was claimed: an earlier lease ran out. */
  readonly expired: boolean
}

/**
 * Gives leases back that were not used; the deliveries are as they were. What an earlier lease did is still not known then:
 * such a lease is only ended, so that the destination is asked before anything is sent.
 */
export async function returnLeases(db: Queryable, leases: readonly UnusedLease[]): Promise<void> {
  await db.query({
    name: 'return-leases',
    text: `update delivery d set lease = case when w.expired then d.lease end,
        leased_until = case when w.expired then now() end, leased_by = null
      from unnest($1::bigint[], $2::uuid[], $3::boolean[]) as w(id, lease, expired) where d.id = w.id and d.lease = w.lease`,
    values: [leases.map((one) => one.id), leases.map((one) => one.lease), leases.map((one) => one.expired)],
  })
}

/** The lanes of a destination in which something is open, whatever the routes of today say. */
export async function openLanes(db: Queryable, destination: string): Promise<Lane[]> {
  const { rows } = await db.query<Lane>({
    text: `select distinct service, form_kind as "formKind" from delivery where destination = $1 and state in ${open}`,
    values: [destination],
  })
  return rows
}
