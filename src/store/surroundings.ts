import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'

/** What a message was read with, by its entry, and what of it is stored: the two are counted apart. */
export interface MessageCounts {
  readonly message: number
  /** As the reading said when it was done. */
  readonly results: number
  readonly accepted: number
  /** Stored with the reason why it is no result. */
  readonly refused: number
}

/** The counts of messages that were read; one without an entry that says so is left out. */
export async function messageCounts(
  db: Queryable,
  service: Service,
  messages: readonly { readonly message: number; readonly receivedAt: Date }[],
): Promise<MessageCounts[]> {
  const { rows } = await db.query<MessageCounts>({
    name: 'message-counts',
    text: `select m.message, told.results, stored.accepted, stored.refused
      from (select distinct * from unnest($2::bigint[], $3::timestamptz[]) as u(message, received_at)) m
      cross join lateral (
        select (e.detail->>'records')::int as results from entry e
        where e.service = $1 and e.message = m.message and e.kind = 'read' and e.record is null
        order by e.id desc limit 1) told
      cross join lateral (
        select count(*) filter (where r.outcome = 'accepted') as accepted,
          count(*) filter (where r.outcome = 'refused') as refused
        from record r where r.service = $1 and r.received_at = m.received_at and r.message = m.message) stored`,
    values: [service, messages.map((m) => m.message), messages.map((m) => m.receivedAt.toISOString())],
  })
  return rows
}

/**
 * A result that was stored before others of its patient: an earlier `version` of the same result, one taken in the same
 * minute (`beside`), one taken `before`, one of the message that tells who is `known` under the number, or, under the same
 * order number, one of somebody else who had it first (`other`).
 */
export interface EarlierRow {
  readonly role: 'version' | 'beside' | 'before' | 'known' | 'other'
  readonly patient: Buffer
  readonly record: number
  readonly receipt: string
  readonly ordinal: number
  /** The records it was stored before. */
  readonly of: readonly number[]
  readonly content: Buffer
  readonly dataKey: number
}

const columns =
  'v.patient, v.record, v.received_at, v.receipt, v.ordinal, coalesce(v.collected_at, v.result_at, v.received_at) as at'
const earlier = 'v.patient = me.patient and v.record < me.record'
/** Only of who had the order before this patient did: the first one's own correction is not held against the second. */
const ofOthers = `select 'other' as role, ${columns} from result v
  where me.order_shared and v.order_key = me.order_key and v.record < me.record and v.patient <> me.patient
    -- One person whose number became another.
    and (v.named = me.named) is not true
    and not exists (select from result o where o.patient = me.patient and o.result_key = me.result_key and o.record < (
      select min(w.record) from result w where w.order_key = me.order_key and w.patient = v.patient))
  order by v.record desc limit 20`

/**
 * What was stored of the patients of results before them, newest first: only lower record numbers, so that a result judged
 * again years later stands among the same ones. Who is known is who most of the last messages name. One query.
 */
export async function earlierResults(
  db: Queryable,
  results: readonly { readonly patient: Buffer; readonly record: number }[],
): Promise<EarlierRow[]> {
  if (results.length === 0) return []
  const { rows } = await db.query<EarlierRow>({
    name: 'earlier-results',
    text: `with near as (
        select me.record as of, n.* from (
          select i.*, coalesce(i.collected_at, i.result_at, i.received_at) as at
          from unnest($1::bytea[], $2::bigint[]) as t(patient, record)
          join result i on i.patient = t.patient and i.record = t.record) me
        cross join lateral (
          (select 'version' as role, ${columns} from result v where ${earlier} and v.result_key = me.result_key
            order by v.record desc limit 20)
          union all
          (select 'beside', ${columns} from result v
            where ${earlier} and v.result_key <> me.result_key and v.analyte = me.analyte
              and date_trunc('minute', v.collected_at) is not distinct from date_trunc('minute', me.collected_at)
            order by v.record desc limit 8)
          union all
          (select 'before', ${columns} from result v
            where ${earlier} and v.result_key <> me.result_key and v.analyte = me.analyte
              and coalesce(v.collected_at, v.result_at, v.received_at) < me.at
            order by at desc, v.record desc limit 4)
          union all
          (${ofOthers})
          union all
          (select 'known', ${columns} from (
              select l.named, min(l.record) as record, count(distinct l.receipt) as messages
              from (select * from result v where ${earlier} and v.receipt <> me.receipt and v.named is not null
                order by v.record desc limit 50) l
              group by l.named order by messages desc, record limit 1) k
            join result v on v.patient = me.patient and v.record = k.record)) n),
      each as (
        select role, patient, record, received_at, receipt, ordinal, at, array_agg(of::float8) as of from near
        group by role, patient, record, received_at, receipt, ordinal, at)
      select e.role, e.patient, e.record, e.receipt, e.ordinal, e.of, r.content, r.data_key as "dataKey"
      from each e join record r on r.service = 'lab' and r.received_at = e.received_at and r.id = e.record
      order by e.at desc, e.record desc`,
    values: [results.map(({ patient }) => patient), results.map(({ record }) => record)],
  })
  return rows
}

/** A version under the same order number that another patient had before one. */
export type OtherRow = Omit<EarlierRow, 'role' | 'of'> & { readonly of: number }

/** The versions of other patients under the order numbers of results; of results that are marked as such only. */
export async function otherVersions(
  db: Queryable,
  results: readonly { readonly patient: Buffer; readonly record: number }[],
): Promise<OtherRow[]> {
  if (results.length === 0) return []
  const { rows } = await db.query<OtherRow>({
    name: 'other-versions',
    text: `select n.patient, n.record, n.receipt, n.ordinal, me.record as of, r.content, r.data_key as "dataKey"
      from unnest($1::bytea[], $2::bigint[]) as t(patient, record)
      join result me on me.patient = t.patient and me.record = t.record
      cross join lateral (${ofOthers}) n
      join record r on r.service = 'lab' and r.received_at = n.received_at and r.id = n.record`,
    values: [results.map(({ patient }) => patient), results.map(({ record }) => record)],
  })
  return rows
}
