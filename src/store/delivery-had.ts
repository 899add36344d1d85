import type { Queryable } from './connect.ts'
import type { Purpose } from './deliveries.ts'

/**
 * SQL: whether what the delivery `d` tells is at its destination, as far as the hub knows, or on its way there. What is
 * refused or withdrawn is not; nor is what was withheld before it left.
 */
const isThere = (d: string): string => `(${d}.state not in ('refused', 'withdrawn') and not ${isKeptBack(d)})`

/**
 * SQL: whether the delivery `d` is withheld now and nothing of it has left, so that it can still be taken back. What was sent and
 * answered with an error its destination may have all the same.
 */
export const isKeptBack = (d: string): string =>
  `(${isHeldBack(d)} and is_withheld(${d}.service, ${d}.received_at, ${d}.record))`

/** SQL: whether the delivery `d` is or was withheld, and nothing of it has left. */
const isHeldBack = (d: string): string =>
  `(${d}.held and ${d}.state in ('blocked', 'waiting') and ${d}.lease is null and ${d}.sent_at is null)`

/** SQL: whether the delivery `d` was leased, for the first time, while what comes after it in its order was under way already. */
const isLeasedLate = (d: string): string => `(${d}.held and ${d}.state = 'waiting' and ${d}.sent_at is null
  and ${d}.order_key is not null and ${d}.leased_until >= now())`

/** SQL: whether the delivery `d` is of a record that withdraws another. */
export const withdraws = (d: string): string =>
  `exists (select from replacement w where w.by_record = ${d}.record and w.action = 'withdraw')`

/** SQL: whether a later record of the chain than that of the delivery `d` is at its destination, or on its way there. */
export const isReplacedThere = (d: string): string => existsLater(d, isThere('e'))

/** SQL: whether the delivery `d` has a delivery `e` of a later record of its chain at the same destination. */
export const existsLater = (d: string, condition: string): string => `exists (
    with recursive later as (
      select by_record, by_message, 1 as steps from replacement where record = ${d}.record
      union all
      select p.by_record, p.by_message, l.steps + 1 from later l join replacement p on p.record = l.by_record
      where l.steps < 1000
    )
    select from later l join delivery e on e.message = l.by_message and e.record = l.by_record
    where e.destination = ${d}.destination and e.purpose = ${d}.purpose and ${condition})`

/**
 * Whether what replaces a delivery has left for the same destination already (`overtaken`): the fact it still told would be the
 * last word. `close`: it may leave at any moment, or be given back. What takes something back stays true whatever came after it.
 */
export async function whatOvertakes(db: Queryable, delivery: number): Promise<'overtaken' | 'close' | 'nothing'> {
  const left = `(e.state in ('unknown', 'pending', 'acknowledged') or e.state = 'waiting' and e.sent_at is not null)`
  const { rows } = await db.query<{ what: 'overtaken' | 'close' | 'nothing' }>({
    name: 'what-overtakes',
    text: `select case when ${existsLater('d', left)} then 'overtaken' when ${existsLater('d', 'e.lease is not null')} then 'close'
        else 'nothing' end as what
      from delivery d where d.id = $1 and d.purpose <> 'revocation' and not ${withdraws('d')}`,
    values: [delivery],
  })
  return rows[0]?.what ?? 'nothing'
}

/** A record that a destination has, or saw and refused. */
export interface EarlierRecord {
  readonly receipt: string
  readonly ordinal: number
  /** Sealed; null when its retention is over. */
  readonly content: Buffer | null
  readonly dataKey: number | null
  readonly withdraws: boolean
  readonly refused: boolean
}

/**
 * Of the records that `record` takes the place of, one after the other: the newest a destination has. When it has none the
 * newest fact that it refused: of that too it can be told that it was wrong.
 */
export async function earlierHad(
  db: Queryable,
  { record, purpose }: { readonly record: number; readonly purpose: Purpose },
  destination: string,
): Promise<EarlierRecord | null> {
  const { rows } = await db.query<EarlierRecord>({
    name: 'earlier-had',
    text: `with recursive earlier as (
        select record, message, 1 as steps from replacement where by_record = $1 and record is not null
        union all
        select p.record, p.message, e.steps + 1 from earlier e join replacement p on p.by_record = e.record
        where p.record is not null and e.steps < 1000
      )
      select d.receipt, d.ordinal, r.content, r.data_key as "dataKey", coalesce(w.action = 'withdraw', false) as withdraws,
        d.state = 'refused' as refused
      from earlier e
        join delivery d on d.message = e.message and d.record = e.record and d.destination = $2 and d.purpose = $3
        left join replacement w on w.by_record = e.record
        left join record r on r.service = d.service and r.received_at = d.received_at and r.id = d.record
      -- What was let go after this passed it does not go out any more, leased or not: on its way it would have held this up.
      where d.state not in ('refused', 'withdrawn') and not ${isHeldBack('d')} and not ${isLeasedLate('d')}
        or d.state = 'refused' and w.action is distinct from 'withdraw'
      order by d.state = 'refused', e.steps limit 1`,
    values: [record, destination, purpose],
  })
  return rows[0] ?? null
}
