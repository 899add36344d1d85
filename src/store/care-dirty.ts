import type { Queryable } from './connect.ts'

export type DirtyCause = 'record' | 'time' | 'definition' | 'activation' | 'enrolment' | 'override'

/** One item of one patient. */
export interface ItemKey {
  readonly patient: Buffer
  readonly monitor: string
  readonly item: string
}

/** What a record touches: written in the transaction that wrote the record's result. */
export interface Touch extends ItemKey {
  readonly record: number
  readonly receivedAt: Date
}

const enrolLock = 7_301_022

/**
 * What marks the items of those who are enrolled holds this shared until its commit, who enrols holds it alone: neither of two
 * at once would see the other, and the first evaluation of an enrolment could miss for good what is not committed yet. Taken
 * by a statement of its own, so that the next one sees what it waited for.
 */
export async function holdEnrolling(tx: Queryable, how: 'shared' | 'alone'): Promise<void> {
  const shared = how === 'shared' ? '_shared' : ''
  await tx.query({ text: `select pg_advisory_xact_lock${shared}($1)`, values: [enrolLock] })
}

/**
 * Marks the items that records touch, of enrolled patients only. Many causes of one item are one row; the rows are taken in
 * one order, so that two transactions wait for each other and never both.
 */
export async function markTouched(tx: Queryable, touches: readonly Touch[]): Promise<void> {
  if (touches.length === 0) return
  await holdEnrolling(tx, 'shared')
  await tx.query({
    name: 'mark-touched',
    text: `insert into dirty (patient, monitor, item, cause, record, received_at)
      select distinct on (e.patient, t.monitor, t.item) e.patient, t.monitor, t.item, 'record', t.record, t.received_at
      from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
        as t(patient, monitor, item, record, received_at)
      join enrolment e on e.patient = decode(t.patient, 'hex') and e.monitor = t.monitor
      order by e.patient, t.monitor, t.item, t.record desc
      on conflict (patient, monitor, item) do update
        set cause = 'record', due_at = now(), record = excluded.record, received_at = excluded.received_at`,
    values: [
      touches.map((t) => t.patient.toString('hex')),
      touches.map((t) => t.monitor),
      touches.map((t) => t.item),
      touches.map((t) => t.record),
      touches.map((t) => t.receivedAt.toISOString()),
    ],
  })
}

// A mark waits for a worker that has its row: left alone it would go with what the worker did not know of yet.
// Time alone takes no other cause's place: readers see by the cause whether what is stored still holds.
export const stronger = `case when dirty.cause = 'record' or excluded.cause = 'time' then dirty.cause else excluded.cause end`

/**
 * Marks every item of patients' monitors for another cause than a record: an override, an activation. Also those that are
 * evaluated for the first time just now, of which there is no state yet.
 */
export async function markPatients(
  tx: Queryable,
  patients: readonly Buffer[],
  cause: Exclude<DirtyCause, 'record'>,
): Promise<number> {
  if (patients.length === 0) return 0
  await holdEnrolling(tx, 'shared')
  const { rowCount } = await tx.query({
    name: 'mark-patients',
    text: `insert into dirty (patient, monitor, item, cause, received_at)
      select s.patient, s.monitor, s.item, $2, now() from (
        select patient, monitor, item from item_state where patient = any($1::bytea[])
        union select patient, monitor, item from dirty where patient = any($1::bytea[])) s
      order by 1, 2, 3 on conflict (patient, monitor, item) do update
        set cause = ${stronger}, due_at = least(dirty.due_at, now())`,
    values: [patients, cause],
  })
  return rowCount ?? 0
}

/** Marks items by name, whether they were ever evaluated or not. */
export async function markItems(
  tx: Queryable,
  items: readonly ItemKey[],
  cause: Exclude<DirtyCause, 'record'>,
): Promise<void> {
  if (items.length === 0) return
  await tx.query({
    name: 'mark-items',
    text: `insert into dirty (patient, monitor, item, cause, received_at)
      select decode(t.patient, 'hex'), t.monitor, t.item, $4, now()
      from unnest($1::text[], $2::text[], $3::text[]) as t(patient, monitor, item)
      order by 1, 2, 3 on conflict (patient, monitor, item) do update
        set cause = ${stronger}, due_at = least(dirty.due_at, now())`,
    values: [items.map((t) => t.patient.toString('hex')), items.map((t) => t.monitor), items.map((t) => t.item), cause],
  })
}

/** Marks items whose time has come, in the order of their moments; returns how many. */
export async function markExpired(db: Queryable, now: Date, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'mark-expired',
    text: `insert into dirty (patient, monitor, item, cause, received_at)
      select s.patient, s.monitor, s.item, 'time', s.next_change_at from (
        select * from item_state i where i.next_change_at <= $1
          and not exists (select from dirty d where (d.patient, d.monitor, d.item) = (i.patient, i.monitor, i.item))
        order by i.next_change_at limit $2) s
      order by 1, 2, 3 on conflict do nothing`,
    values: [now, limit],
  })
  return rowCount ?? 0
}

export interface DirtyRow extends ItemKey {
  readonly cause: DirtyCause
  readonly record: number
  readonly receivedAt: Date
  /** Milliseconds since 1970. */
  readonly since: number
}

/**
 * Takes items off the list for the length of the transaction; what another worker has is left out, and what the transaction
 * does not commit is on the list again. An item touched by a record waits for the record's checks, but not longer than
 * `patienceMs`: then it is evaluated with the record in doubt.
 */
export async function takeDirty(tx: Queryable, limit: number, patienceMs: number): Promise<DirtyRow[]> {
  interface Row {
    readonly patient: string
    readonly monitor: string
    readonly item: string
    readonly cause: DirtyCause
    readonly record: number
    readonly received: number
    readonly since: number
  }
  const { rows } = await tx.query<Row>({
    name: 'take-dirty',
    text: `delete from dirty where ctid = any(array(
        select d.ctid from dirty d
        where d.due_at <= now() and (d.record = 0 or d.due_at <= now() - make_interval(secs => $2)
          or exists (select from record_check c
            where c.service = 'lab' and c.received_at = d.received_at and c.record = d.record))
        order by d.due_at, d.patient limit $1 for update skip locked))
      returning encode(patient, 'hex') as patient, monitor, item, cause, record,
        extract(epoch from received_at)::float8 * 1000 as received, extract(epoch from since)::float8 * 1000 as since`,
    values: [limit, patienceMs / 1_000],
  })
  return rows.map(({ patient, monitor, item, cause, record, received, since }) => ({
    patient: Buffer.from(patient, 'hex'),
    monitor,
    item,
    cause,
    record,
    receivedAt: new Date(received),
    since,
  }))
}

/** Puts items that were taken back for later: a record of theirs is not checked yet. They wait as long again as they have waited. */
export async function postponeDirty(tx: Queryable, items: readonly DirtyRow[]): Promise<void> {
  if (items.length === 0) return
  await tx.query({
    name: 'postpone-dirty',
    text: `insert into dirty (patient, monitor, item, cause, received_at, since, due_at)
      select decode(t.patient, 'hex'), t.monitor, t.item, t.cause, t.received_at, t.since,
        now() + least(now() - t.since, interval '1 minute') + interval '100 ms'
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
        as t(patient, monitor, item, cause, received_at, since)
      order by 1, 2, 3 on conflict do nothing`,
    values: [
      items.map((t) => t.patient.toString('hex')),
      items.map((t) => t.monitor),
      items.map((t) => t.item),
      items.map((t) => t.cause),
      items.map((t) => t.receivedAt.toISOString()),
      items.map((t) => new Date(t.since).toISOString()),
    ],
  })
}
