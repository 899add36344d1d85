import type { Service } from '../formats/record.ts'
import type { BlockRow } from './blocks.ts'
import { unhurried, type Queryable } from './connect.ts'

/** What the tally counts: records by when they were received, answers of destinations by when they came. */
export type Tallied =
  | 'record-read'
  | 'record-refused'
  | 'refusal'
  | 'unreadable'
  | 'acknowledged'
  | 'refused-by-destination'

export interface TallyLine {
  readonly what: Tallied
  readonly formKind: string
  readonly destination: string
  readonly code: string
  readonly count: number
  readonly lastAt: Date
}

/** The block up to which a service is counted; 0 before the first. Held until the transaction ends. */
export async function tallyPlace(tx: Queryable, service: Service): Promise<number> {
  await tx.query({ text: 'insert into tally_place values ($1, 0) on conflict do nothing', values: [service] })
  const { rows } = await tx.query<{ block: number }>({
    text: 'select block from tally_place where service = $1 for update',
    values: [service],
  })
  return rows[0]!.block
}

/**
 * Adds the entries of consecutive blocks to the tally and moves its place behind them. A record a rule refuses was counted as
 * read before; one that is refused no more, because it passes or is withheld, counts as read again.
 */
export async function addToTally(tx: Queryable, first: BlockRow, last: BlockRow): Promise<void> {
  await tx.query({
    ...unhurried,
    name: 'add-to-tally',
    text: `with e as (
        select kind, at, received_at, detail from entry
        where service = $1 and (xid, id) >= ($2::xid8, $3::bigint) and (xid, id) <= ($4::xid8, $5::bigint)
          and (kind in ('record-read', 'record-refused', 'reinstated', 'refused-later', 'unreadable', 'acknowledged',
            'refused-by-destination') or kind = 'withheld' and detail ? 'faults')
      ), turned as (
        select date_trunc('hour', received_at) as hour, coalesce(detail->>'formKind', '') as form_kind, at, detail,
          kind = 'record-refused' and not detail ? 'activation' as at_once, case when kind in ('reinstated', 'withheld') then -1 else 1 end as n
        from e where kind in ('record-refused', 'reinstated', 'refused-later', 'withheld')
      ), counted as (
        select date_trunc('hour', case when kind in ('acknowledged', 'refused-by-destination') then at else received_at end) as hour,
          kind as what, coalesce(detail->>'formKind', '') as form_kind, coalesce(detail->>'destination', '') as destination,
          case kind when 'refused-by-destination' then coalesce(detail->>'code', '')
            when 'unreadable' then coalesce(detail->'faults'->0->>'code', '') else '' end as code, at, 1 as n
        from e where kind not in ('record-refused', 'reinstated', 'refused-later', 'withheld')
        union all
        select hour, 'record-refused', form_kind, '', '', at, n from turned
        union all
        select hour, 'record-read', form_kind, '', '', at, -n from turned where not at_once
        union all
        select hour, 'refusal', form_kind, '', fault, at, n
        from turned, jsonb_array_elements_text(detail->'faults') as fault
      ), added as (
        insert into tally as t (hour, service, what, form_kind, destination, code, count, last_at)
        select hour, $1, what, form_kind, destination, code, sum(n), coalesce(max(at) filter (where n > 0), max(at))
        from counted group by 1, 3, 4, 5, 6
        on conflict (hour, service, what, form_kind, destination, code)
          do update set count = t.count + excluded.count, last_at = greatest(t.last_at, excluded.last_at)
      )
      update tally_place set block = $6 where service = $1`,
    values: [first.service, first.fromXid, first.fromId, last.toXid, last.toId, last.number],
  })
}

/** The tally of a service since a moment, hours added up. */
export async function tallySince(db: Queryable, service: string, since: Date): Promise<TallyLine[]> {
  const { rows } = await db.query<TallyLine>({
    name: 'tally-since',
    text: `select what, form_kind as "formKind", destination, code, sum(count)::int8 as count, max(last_at) as "lastAt"
      from tally where hour >= $2 and service = $1 group by 1, 2, 3, 4 having sum(count) > 0`,
    values: [service, since],
  })
  return rows
}

/** What one destination answered since a moment, all services together. */
export async function answersSince(db: Queryable, destination: string, since: Date): Promise<TallyLine[]> {
  const { rows } = await db.query<TallyLine>({
    name: 'answers-since',
    text: `select what, '' as "formKind", destination, code, sum(count)::int8 as count, max(last_at) as "lastAt"
      from tally where hour >= $2 and destination = $1 group by 1, 3, 4`,
    values: [destination, since],
  })
  return rows
}

/** Records of a service received an hour and form kind since a moment. */
export async function receivedByHour(
  db: Queryable,
  service: string,
  since: Date,
): Promise<{ formKind: string; hour: Date; count: number }[]> {
  const { rows } = await db.query<{ formKind: string; hour: Date; count: number }>({
    name: 'received-by-hour',
    text: `select form_kind as "formKind", hour, sum(count)::int8 as count from tally
      where hour >= $2 and service = $1 and what in ('record-read', 'record-refused') group by 1, 2`,
    values: [service, since],
  })
  return rows
}
