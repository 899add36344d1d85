import { services, type Service } from '../formats/record.ts'
import { thorough, type Queryable } from './connect.ts'

/** Days of the books, both ends included, `YYYY-MM-DD` in Europe/Brussels. */
export interface Days {
  readonly from: string
  readonly to: string
}

/** Days of the books, or of them what one service received before a moment. */
export interface Span extends Days {
  readonly service?: Service
  readonly before?: Date
}

/** A set hash: order-independent, 128 bits; equal sets give equal texts. */
const setHash = (id: string): string =>
  `lpad(to_hex(coalesce(bit_xor(hashint8extended(${id}, 7)), 0)), 16, '0') || lpad(to_hex(coalesce(bit_xor(hashint8extended(${id}, 11)), 0)), 16, '0')`

const inSpan = (column: string): string =>
  `($3::text is null or service = $3) and ($4::timestamptz is null or ${column} < $4) and ${column} >= ($1::date)::timestamp at time zone 'Europe/Brussels' and ${column} < ($2::date + 1)::timestamp at time zone 'Europe/Brussels'`

const spanValues = ({ from, to, service, before }: Span): unknown[] => [
  from,
  to,
  service ?? null,
  before?.toISOString() ?? null,
]

const entryInSpan = `${inSpan('received_at')} and at >= ($1::date)::timestamp at time zone 'Europe/Brussels' - interval '1 day'`

/** Until when the periods of each service were closed: keys outlive them, and entries for one period. */
const closedUntil = 'select service, max(to_at) as upto from closed_period group by 1'

const isOpen = (of: string): string => `${of}.received_at >= coalesce(c.upto, '-infinity')`

const dateOf = (column: string): string => `(${column} at time zone 'Europe/Brussels')::date`
// Grouped by the date: a text would be written for every row.
const dayOf = (column: string): string => `${dateOf(column)}::text`

export interface MessageLine {
  readonly service: string
  readonly sender: string
  readonly day: string
  readonly turnedAway: number
  readonly accepted: number
  readonly read: number
  readonly unreadable: number
  readonly waiting: number
  readonly conflicts: number
  /** Messages that are not exactly one of read, unreadable, waiting, or have no key, or are gone. */
  readonly differing: number
  /** Of these: messages a key or an entry tells of, and that are not there. */
  readonly gone: number
  readonly acceptedHash: string
  readonly accountedHash: string
}

/**
 * Lets no period be detached until the transaction ends, when it is the first statement of it: a snapshot from before would
 * miss the messages of that period and not know that it was closed.
 */
export async function holdPeriods(tx: Queryable): Promise<void> {
  const tables = services.flatMap((service) => [`only message_${service}`, `only record_${service}`])
  await tx.query({ ...thorough, text: `lock table ${tables.join(', ')} in access share mode` })
}

/**
 * Messages: accepted = read + unreadable + waiting, each message looked at by itself, from three independent tables. What keys
 * and entries tell of beside them is counted per line, unless its period was closed: what is more than the messages
 * there are was accepted and is gone.
 */
export async function messageLines(db: Queryable, span: Span): Promise<MessageLine[]> {
  const { rows } = await db.query<MessageLine>({
    ...thorough,
    text: `with closed as (${closedUntil}), m as (
        select service, sender_id, id, receipt, received_at from message where ${inSpan('received_at')}
      ), told as (
        select message, count(*) filter (where kind = 'read') as read, count(*) filter (where kind = 'unreadable') as unreadable
        from entry where record is null and kind in ('read', 'unreadable') and ${entryInSpan}
        group by message
      ), todo as (
        select message from step where stage = 'read'
      ), keyed as materialized (
        select message, service, sender_id, received_at from message_key where ${inSpan('received_at')}
      ), lines as (
        select m.service, m.sender_id, ${dayOf('m.received_at')} as day, count(*) as accepted,
          coalesce(sum(t.read), 0) as read, coalesce(sum(t.unreadable), 0) as unreadable, count(w.message) as waiting,
          count(*) filter (where coalesce(t.read, 0) + coalesce(t.unreadable, 0) + (w.message is not null)::int <> 1
            or k.message is null) as differing,
          count(*) filter (where ${isOpen('m')}) as open, count(k.message) filter (where ${isOpen('m')}) as with_key,
          ${setHash('m.id')} as "acceptedHash", ${setHash('coalesce(t.message, w.message)')} as "accountedHash"
        from m left join told t on t.message = m.id left join todo w on w.message = m.id left join keyed k on k.message = m.id
          left join closed c on c.service = m.service
        group by 1, 2, ${dateOf('m.received_at')}
      ), keys as (
        select service, sender_id, ${dayOf('received_at')} as day, count(*) as keys
        from keyed k left join closed c using (service) where ${isOpen('k')}
        group by 1, 2, ${dateOf('received_at')}
      ), entries as (
        select service, sender_id, ${dayOf('received_at')} as day, count(*) as entries
        from entry e left join closed c using (service)
        where record is null and kind = 'accepted' and ${entryInSpan} and ${isOpen('e')} group by 1, 2, ${dateOf('received_at')}
      ), conflicts as (
        select service, sender_id, ${dayOf('received_at')} as day, count(*) as conflicts
        from message_conflict where ${inSpan('received_at')} group by 1, 2, ${dateOf('received_at')}
      ), away as (
        select service, sender_id, day::text as day, sum(count) as turned_away from turned_away
        where day between $1::date and $2::date and ($3::text is null or service = $3) group by 1, 2, 3
      ), whole as (
        select *, greatest(0, coalesce(keys, 0) - coalesce(with_key, 0), coalesce(entries, 0) - coalesce(open, 0)) as gone
        from lines full join keys using (service, sender_id, day) full join entries using (service, sender_id, day)
      )
      select service, coalesce(s.name, 'not known') as sender, day, coalesce(turned_away, 0)::int8 as "turnedAway",
        coalesce(accepted, 0) + coalesce(gone, 0) as accepted, coalesce(read, 0)::int8 as read, coalesce(unreadable, 0)::int8 as unreadable,
        coalesce(waiting, 0) as waiting, coalesce(conflicts, 0) as conflicts,
        coalesce(differing, 0) + coalesce(gone, 0) as differing, coalesce(gone, 0) as gone,
        coalesce("acceptedHash", repeat('0', 32)) as "acceptedHash", coalesce("accountedHash", repeat('0', 32)) as "accountedHash"
      from whole full join conflicts using (service, sender_id, day) full join away using (service, sender_id, day)
        left join sender s on s.id = sender_id
      order by day, service, sender`,
    values: spanValues(span),
  })
  return rows
}

export interface RecordLine {
  readonly service: string
  readonly sender: string
  readonly formKind: string
  readonly day: string
  readonly read: number
  readonly passed: number
  readonly withheld: number
  readonly refused: number
  readonly waiting: number
  readonly differing: number
  /** Of these: records that messages were read into, by their entries, and that are not there; of no kind that is known. */
  readonly gone: number
  readonly readHash: string
  readonly accountedHash: string
}

/**
 * Records: read = passed + withheld + refused + waiting, each record looked at by itself. Whether one is withheld, or refused
 * by a rule, is worked out as it stands now; its entry says only how it stood when it was checked. Fewer records than
 * the messages were read into, and entries of records that are not there, make a line of their own, unless their period was
 * closed: a record that is lost beside one too many leaves the count as it was.
 */
export async function recordLines(db: Queryable, span: Span): Promise<RecordLine[]> {
  const { rows } = await db.query<RecordLine>({
    ...thorough,
    text: `with closed as (${closedUntil}), r as (
        select service, sender_id, form_kind, id, outcome, received_at from record where ${inSpan('received_at')}
      ), told as (
        select record, min(service) as service, min(sender_id) as sender_id, min(received_at) as received_at,
          count(*) filter (where kind <> 'record-refused' or detail ? 'activation') as checked,
          count(*) filter (where kind = 'record-refused' and not detail ? 'activation') as refused
        from entry where record is not null and kind in ('passed', 'withheld', 'record-refused') and ${entryInSpan}
          -- A record that was refused and is withheld now was checked once: this entry only tells its sender.
          and not (kind = 'withheld' and detail ? 'faults')
        group by record
      ), held as (
        select record, bool_or(refuses) as refuses from withheld where ${inSpan('received_at')} group by record
      ), todo as (
        select record from step where stage = 'check'
      ), lines as (
        select coalesce(r.service, t.service) as service, coalesce(r.sender_id, t.sender_id) as sender_id, r.form_kind,
          ${dayOf('coalesce(r.received_at, t.received_at)')} as day, r.id is null as stray, count(*) as read,
          count(*) filter (where t.checked > 0 and h.record is null) as passed,
          count(*) filter (where t.checked > 0 and not h.refuses) as withheld,
          count(*) filter (where t.refused > 0 or t.checked > 0 and h.refuses) as refused, count(w.record) as waiting,
          count(*) filter (where (coalesce(t.checked, 0) > 0)::int + (coalesce(t.refused, 0) > 0)::int + (w.record is not null)::int <> 1
            or coalesce(t.checked, 0) > 1 or coalesce(t.refused, 0) > 1 or (r.outcome = 'refused') <> (coalesce(t.refused, 0) > 0)) as differing,
          count(*) filter (where ${isOpen('r')}) as open,
          ${setHash('r.id')} as "readHash", ${setHash('coalesce(t.record, w.record)')} as "accountedHash"
        from r full join told t on t.record = r.id left join held h on h.record = r.id left join todo w on w.record = r.id
          left join closed c on c.service = coalesce(r.service, t.service)
        where r.id is not null or ${isOpen('t')}
        group by 1, 2, 3, ${dateOf('coalesce(r.received_at, t.received_at)')}, 5
      ), promised as (
        select service, sender_id, ${dayOf('received_at')} as day, sum((detail ->> 'records')::int) as records
        from entry e left join closed c using (service)
        where record is null and kind = 'read' and ${entryInSpan} and ${isOpen('e')} group by 1, 2, ${dateOf('received_at')}
      ), missed as (
        select service, sender_id, day, greatest(coalesce(records, 0) - coalesce(o.open, 0), coalesce(s.read, 0))::int8 as gone,
          coalesce(s."accountedHash", repeat('0', 32)) as hash
        from promised full join (select * from lines where stray) s using (service, sender_id, day)
          left join (select service, sender_id, day, sum(open) as open from lines where not stray group by 1, 2, 3) o
            using (service, sender_id, day)
        where coalesce(records, 0) > coalesce(o.open, 0) or s.read > 0
      )
      select service, coalesce(s.name, 'not known') as sender, form_kind as "formKind", day, read, passed, withheld, refused,
        waiting, differing, gone, "readHash", "accountedHash"
      from (
          select service, sender_id, form_kind, day, read, passed, withheld, refused, waiting, differing, 0::int8 as gone,
            "readHash", "accountedHash" from lines where not stray
          union all
          select service, sender_id, 'not known', day, gone, 0, 0, 0, 0, gone, gone, hash, repeat('0', 32) from missed
        ) line left join sender s on s.id = sender_id
      order by day, service, sender, "formKind"`,
    values: spanValues(span),
  })
  return rows
}

export interface DeliveryLine {
  readonly service: string
  readonly destination: string
  readonly sender: string
  readonly formKind: string
  readonly day: string
  readonly owed: number
  readonly acknowledged: number
  readonly waiting: number
  readonly refused: number
  readonly withdrawn: number
  readonly differing: number
  readonly owedHash: string
  readonly accountedHash: string
}

/**
 * Deliveries: owed (by the entries) = acknowledged + waiting + refused + withdrawn (by the outbox), and each acknowledgement has
 * its entry. Deliveries of a closed period are in its books; what its late entries say of them is left out here.
 */
export async function deliveryLines(db: Queryable, span: Span): Promise<DeliveryLine[]> {
  const { rows } = await db.query<DeliveryLine>({
    ...thorough,
    text: `with d as (
        select id, service, destination, sender_id, form_kind, state, received_at from delivery where ${inSpan('received_at')}
      ), told as (
        select delivery, service, min(received_at) as received_at, count(*) filter (where kind = 'owed') as owed,
          count(*) filter (where kind = 'acknowledged') as acknowledged
        from entry where kind in ('owed', 'acknowledged') and delivery is not null and ${entryInSpan}
        group by delivery, service
      ), closed as (${closedUntil})
      select coalesce(d.service, 'not known') as service, coalesce(d.destination, 'not known') as destination,
        coalesce(s.name, 'not known') as sender, coalesce(d.form_kind, 'not known') as "formKind",
        coalesce(${dayOf('d.received_at')}, $1::date::text) as day,
        coalesce(sum(t.owed), 0)::int8 as owed, count(*) filter (where d.state = 'acknowledged') as acknowledged,
        count(*) filter (where d.state in ('blocked', 'waiting', 'unknown', 'pending')) as waiting,
        count(*) filter (where d.state = 'refused') as refused, count(*) filter (where d.state = 'withdrawn') as withdrawn,
        count(*) filter (where d.id is null or coalesce(t.owed, 0) <> 1
          or (d.state = 'acknowledged' and coalesce(t.acknowledged, 0) = 0)) as differing,
        ${setHash('t.delivery')} as "owedHash", ${setHash('d.id')} as "accountedHash"
      from d full join told t on t.delivery = d.id left join sender s on s.id = d.sender_id
        left join closed c on c.service = t.service
      where d.id is not null or ${isOpen('t')}
      group by 1, 2, 3, 4, 5 order by day, service, destination, sender, "formKind"`,
    values: spanValues(span),
  })
  return rows
}

/** What one destination acknowledged of one day, by the hub's own books. */
export interface DestinationDay {
  readonly destination: string
  readonly day: string
  readonly acknowledged: number
  readonly refused: number
  /** Owed and not at its end: the destination may have answered already. */
  readonly open: number
  /** XOR of the first 16 bytes of SHA-256 over each acknowledged delivery's uid text, 32 hex digits (docs/neighbours.md). */
  readonly setHash: string
}

// PostgreSQL has no XOR over bytes: the 16 bytes are taken as two numbers of 64 bits.
const uidHash = (from: number): string =>
  `lpad(to_hex(coalesce(bit_xor(('x' || encode(substr(sha256(convert_to(uid::text, 'utf8')), ${from}, 8), 'hex'))::bit(64)::bigint)
    filter (where state = 'acknowledged'), 0)), 16, '0')`

/** What destinations acknowledged, per day of receipt, in the form their own account has. */
export async function destinationDays(db: Queryable, span: Span): Promise<DestinationDay[]> {
  const { rows } = await db.query<DestinationDay>({
    ...thorough,
    text: `select destination, ${dayOf('received_at')} as day, count(*) filter (where state = 'acknowledged') as acknowledged,
        count(*) filter (where state = 'refused') as refused,
        count(*) filter (where state in ('waiting', 'unknown', 'pending')) as open, ${uidHash(1)} || ${uidHash(9)} as "setHash"
      from delivery where ${inSpan('received_at')} group by 1, 2 order by 2, 1`,
    values: spanValues(span),
  })
  return rows
}
