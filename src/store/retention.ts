import type { Service } from '../formats/record.ts'
import { thorough, type Queryable } from './connect.ts'
import { mayHoldMessages } from './nodes.ts'
import type { Cursor } from './status-feed.ts'

/** How long one service keeps contents, and who said so; `days` null keeps everything. */
export interface Retention {
  readonly service: Service
  readonly days: number | null
  readonly actor: string
  readonly why: string
  readonly at: Date
}

/** A stretch of one service whose contents lie in partitions of their own. */
export interface Period {
  readonly service: Service
  /** `20220701` or `202207`. */
  readonly period: string
  readonly from: Date
  readonly to: Date
}

/** A period that was closed; its tables stand apart until they are dropped. */
export interface ClosedPeriod extends Period {
  readonly tables: readonly string[]
  readonly closedAt: Date
  readonly droppedAt: Date | null
  readonly keyDestroyedAt: Date | null
}

const retentionLock = 7_301_011
/** The tables that hold contents, or what was said of them. */
export const ofContents = ['message', 'record', 'record_check', 'verdict'] as const

/** What counts now, of every service somebody decided about. */
export async function retentions(db: Queryable): Promise<Retention[]> {
  const { rows } = await db.query<Retention>({
    text: `select distinct on (service) service, days, actor, why, at from retention order by service, id desc`,
  })
  return rows
}

/** Adds a decision; the newest of a service counts. */
export async function setRetention(db: Queryable, decided: Omit<Retention, 'at'>): Promise<void> {
  await db.query({
    text: 'insert into retention (service, days, actor, why) values ($1, $2, $3, $4)',
    values: [decided.service, decided.days, decided.actor, decided.why],
  })
}

/** Makes this transaction the only one that closes or drops; false when another is at it. */
export async function becomeCloser(tx: Queryable): Promise<boolean> {
  const { rows } = await tx.query<{ mine: boolean }>({
    text: 'select pg_try_advisory_xact_lock($1) as mine',
    values: [retentionLock],
  })
  return rows[0]!.mine
}

/** Periods with partitions of their own that ended at or before a moment, oldest first. */
export async function periodsUntil(db: Queryable, service: Service, moment: Date): Promise<Period[]> {
  const { rows } = await db.query<Period>({
    text: `with there as (
        select substr(c.relname, length($1) + 10) as period from pg_inherits i
          join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
        where p.relname = 'message_' || $1 and p.relnamespace = 'public'::regnamespace and c.relname ~ '_[0-9]{6,8}$'
      ), bounds as (
        select period, to_date(rpad(period, 8, '01'), 'YYYYMMDD')::timestamp as start,
          case length(period) when 8 then interval '1 day' else interval '1 month' end as lasts from there
      )
      select $1 as service, period, start at time zone 'UTC' as from, (start + lasts) at time zone 'UTC' as to
      from bounds where (start + lasts) at time zone 'UTC' <= $2 order by period`,
    values: [service, moment.toISOString()],
  })
  return rows
}

/** Nothing more is written into the contents of a period until the transaction ends; readers are not held up. */
export async function holdStill(tx: Queryable, { service, period }: Period): Promise<void> {
  const tables = ofContents.map((parent) => `${parent}_${service}_${period}`)
  await tx.query({ text: `lock table ${tables.join(', ')} in share mode` })
}

/** What of a service, received before a moment, is still under way: names of what it waits for, empty when all is settled. */
export async function underWay(db: Queryable, service: Service, before: Date): Promise<string[]> {
  const { rows } = await db.query<{ what: string }>({
    ...thorough,
    text: `select 'steps' as what where exists (select from step where service = $1 and received_at < $2)
      union all select 'deliveries' where exists (select from delivery
        where service = $1 and received_at < $2 and state in ('blocked', 'waiting', 'unknown', 'pending'))
      union all select 'a replay' where exists (select from replay where state = 'running')
      union all select 'checks of stored records' where exists (select from impact_report where service = $1 and state = 'running')
      union all select 'node ' || name || case when (facts->>'spoolAside')::float8 > 0
          then ', which keeps messages that the database refused' else ', which is silent or spools' end
        from node where ${mayHoldMessages}`,
    values: [service, before.toISOString()],
  })
  return rows.map((row) => row.what)
}

/** Where the entries that go end in the chain. */
export interface ChainCut {
  /** Entries that go and are in no block yet. */
  readonly unsealed: number
  /** The newest block that has an entry that goes; 0 when none goes. */
  readonly touched: number
  /** The newest block of which nothing is left, as all before it. */
  readonly gone: number
  /** The newest block whose entries were added up for the figures. */
  readonly tallied: number
}

/** What taking away the entries made before `moment` means for the chain of a service; `sealed` is its end. */
export async function chainCut(db: Queryable, service: Service, moment: Date, sealed: Cursor): Promise<ChainCut> {
  const { rows } = await db.query<ChainCut>({
    ...thorough,
    text: `with going as (
        select xid, id from entry where service = $1 and at < $2 order by xid desc, id desc limit 1
      ), staying as (
        select xid, id from entry where service = $1 and at >= $2 order by xid, id limit 1
      ), touched as (
        select coalesce(min(b.number), 0) as number from block b, going g
        where b.service = $1 and (b.to_xid, b.to_id) >= (g.xid, g.id)
      )
      select (select count(*) from entry e where e.service = $1 and e.at < $2 and (e.xid, e.id) > ($3::xid8, $4::bigint)) as unsealed,
        t.number as touched, coalesce((select y.block from tally_place y where y.service = $1), 0) as tallied,
        coalesce((select max(b.number) from block b left join staying s on true where b.service = $1
          and case when s.xid is null then b.number <= t.number else (b.to_xid, b.to_id) < (s.xid, s.id) end), 0) as gone
      from touched t`,
    values: [service, moment.toISOString(), sealed.xid, sealed.id],
  })
  return rows[0]!
}

/** The newest block of a service of which nothing is left; 0 while nothing was closed. */
export async function blocksGone(db: Queryable, service: Service): Promise<number> {
  const { rows } = await db.query<{ block: number }>({
    text: 'select coalesce(max(block), 0)::int8 as block from closed_period where service = $1',
    values: [service],
  })
  return rows[0]!.block
}

/** Writes that a period is closed, with the lines of its books. Dropping its tables comes later. */
export async function insertClosed(
  tx: Queryable,
  { service, period, from, to }: Period,
  block: number,
  lines: readonly ClosedLine[],
): Promise<void> {
  await tx.query({
    text: `insert into closed_period (service, period, from_at, to_at, tables, block) values ($1, $2, $3, $4, '{}', $5)`,
    values: [service, period, from.toISOString(), to.toISOString(), block],
  })
  await tx.query({
    text: `insert into closed_line (service, period, what, day, line)
      select $1, $2, * from unnest($3::text[], $4::date[], $5::jsonb[])`,
    values: [
      service,
      period,
      lines.map((l) => l.what),
      lines.map((l) => l.line.day),
      lines.map((l) => JSON.stringify(l.line)),
    ],
  })
}

/** A line of closed books, as it was when its period was closed. */
export interface ClosedLine {
  readonly what: 'messages' | 'records' | 'deliveries' | 'destinations'
  readonly line: { readonly day: string }
}

/** The lines of closed books about some days. */
export async function closedLines(
  db: Queryable,
  days: { readonly from: string; readonly to: string },
): Promise<ClosedLine[]> {
  const { rows } = await db.query<ClosedLine>({
    text: 'select what, line from closed_line where day between $1::date and $2::date',
    values: [days.from, days.to],
  })
  return rows
}

/** Closed periods whose tables or key are still there, oldest first. */
export async function unfinishedPeriods(db: Queryable): Promise<ClosedPeriod[]> {
  const { rows } = await db.query<ClosedPeriod>({
    text: `select service, period, from_at as "from", to_at as "to", tables, closed_at as "closedAt", dropped_at as "droppedAt",
        key_destroyed_at as "keyDestroyedAt"
      from closed_period where key_destroyed_at is null order by to_at, service`,
  })
  return rows
}

/** Periods of a service that were closed since a moment: of a closing that takes minutes, it may be its beginning. */
export async function closedSince(db: Queryable, service: Service, moment: Date): Promise<string[]> {
  const { rows } = await db.query<{ period: string }>({
    text: `select period from closed_period where service = $1 and closed_at > $2::timestamptz - interval '1 hour' order by period`,
    values: [service, moment.toISOString()],
  })
  return rows.map(({ period }) => period)
}

/** The newest closed period of every service. */
export async function newestClosed(db: Queryable): Promise<ClosedPeriod[]> {
  const { rows } = await db.query<ClosedPeriod>({
    text: `select distinct on (service) service, period, from_at as "from", to_at as "to", tables, closed_at as "closedAt",
        dropped_at as "droppedAt", key_destroyed_at as "keyDestroyedAt"
      from closed_period order by service, to_at desc`,
  })
  return rows
}

/** When a receipt was received whose message is gone because its period was closed; null for any other. */
export async function closedReceipt(
  db: Queryable,
  receipt: string,
  prefix: string,
): Promise<{ service: Service; period: string } | null> {
  const { rows } = await db.query<{ service: Service; period: string }>({
    text: `select c.service, c.period from message_key k join closed_period c on c.service = k.service and k.received_at < c.to_at
      where k.prefix = $2 and k.receipt = $1 order by c.to_at limit 1`,
    values: [receipt, prefix],
  })
  return rows[0] ?? null
}
