import type { Service } from '../formats/record.ts'
import { thorough, type Queryable } from './connect.ts'
import type { Cursor } from './status-feed.ts'

export interface BlockRow {
  readonly service: Service
  readonly number: number
  readonly fromXid: string
  readonly fromId: number
  readonly toXid: string
  readonly toId: number
  readonly entries: number
  readonly root: Buffer
  readonly previous: Buffer
  readonly head: Buffer
}

export interface Leaf {
  readonly xid: string
  readonly id: number
  readonly hash: Buffer
}

const sealLock = 7_301_003

/** Makes this transaction the only sealer; false when another has it. */
export async function becomeSealer(tx: Queryable): Promise<boolean> {
  const { rows } = await tx.query<{ mine: boolean }>({
    text: 'select pg_try_advisory_xact_lock($1) as mine',
    values: [sealLock],
  })
  return rows[0]!.mine
}

const blockColumns = `service, number, from_xid::text as "fromXid", from_id as "fromId", to_xid::text as "toXid",
  to_id as "toId", entries, root, previous, head`

/** The newest block of a service; null before the first. */
export async function lastBlock(db: Queryable, service: Service): Promise<BlockRow | null> {
  const { rows } = await db.query<BlockRow>({
    text: `select ${blockColumns} from block where service = $1 order by number desc limit 1`,
    values: [service],
  })
  return rows[0] ?? null
}

/** Blocks of a service from a number on, in order. */
export async function blocksFrom(db: Queryable, service: Service, number: number, limit: number): Promise<BlockRow[]> {
  const { rows } = await db.query<BlockRow>({
    text: `select ${blockColumns} from block where service = $1 and number >= $2 order by number limit $3`,
    values: [service, number, limit],
  })
  return rows
}

// A leaf covers every column; time as microseconds, so that no session setting changes the text.
const leafText = `e.xid::text as xid, e.id, sha256(convert_to(concat_ws('|', e.service, e.id, e.xid::text,
  (extract(epoch from e.at) * 1000000)::bigint, e.message, (extract(epoch from e.received_at) * 1000000)::bigint,
  coalesce(e.record::text, '-'), coalesce(e.delivery::text, '-'), e.sender_id, e.kind, e.actor, e.tell, e.detail::text),
  'utf8')) as hash`

/** Leaves after a cursor and below the oldest running transaction, in sealing order. */
export async function leavesAfter(db: Queryable, service: Service, after: Cursor, limit: number): Promise<Leaf[]> {
  const { rows } = await db.query<Leaf>({
    name: 'leaves-after',
    text: `select ${leafText} from entry e
      where e.service = $1 and (e.xid, e.id) > ($2::xid8, $3::bigint) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by e.xid, e.id limit $4`,
    values: [service, after.xid, after.id, limit],
  })
  return rows
}

/**
 * The leaves after one cursor up to and with another, as they are now: those of one block when nobody touched them. Of what
 * retention dropped the leaves were kept.
 */
export async function leavesUpTo(db: Queryable, service: Service, after: Cursor, to: Cursor): Promise<Leaf[]> {
  const { rows } = await db.query<Leaf>({
    name: 'leaves-up-to',
    text: `select xid, id, hash from (
        select e.xid as at, ${leafText} from entry e
        where e.service = $1 and (e.xid, e.id) > ($2::xid8, $3::bigint) and (e.xid, e.id) <= ($4::xid8, $5::bigint)
        union all
        select c.xid, c.xid::text, c.id, c.hash from closed_leaf c
        where c.service = $1 and (c.xid, c.id) > ($2::xid8, $3::bigint) and (c.xid, c.id) <= ($4::xid8, $5::bigint)
      ) leaf order by at, id`,
    values: [service, after.xid, after.id, to.xid, to.id],
  })
  return rows
}

/** Entries after the last block of a service: how many, and when the oldest of them was written. */
export async function unsealed(db: Queryable, service: Service): Promise<{ count: number; oldest: Date | null }> {
  const last = await lastBlock(db, service)
  const { rows } = await db.query<{ count: number; oldest: Date | null }>({
    text: `select count(*) as count, min(at) as oldest from entry e
      where e.service = $1 and (e.xid, e.id) > ($2::xid8, $3::bigint)`,
    values: [service, last?.toXid ?? '0', last?.toId ?? 0],
  })
  return rows[0]!
}

/** Adds a block; its number follows the last one's. */
export async function insertBlock(tx: Queryable, block: BlockRow): Promise<void> {
  await tx.query({
    text: `insert into block (service, number, from_xid, from_id, to_xid, to_id, entries, root, previous, head)
      values ($1, $2, $3::xid8, $4, $5::xid8, $6, $7, $8, $9, $10)`,
    values: [
      block.service,
      block.number,
      block.fromXid,
      block.fromId,
      block.toXid,
      block.toId,
      block.entries,
      block.root,
      block.previous,
      block.head,
    ],
  })
}

/**
 * Keeps the leaves of entries made before `moment` that lie behind `gone`: their block has others left. Forgets those up to
 * it: of their blocks nothing is left.
 */
export async function keepLeaves(tx: Queryable, service: Service, moment: Date, gone: Cursor): Promise<void> {
  await tx.query({
    ...thorough,
    text: `insert into closed_leaf (service, xid, id, hash)
      select $1, l.xid::xid8, l.id, l.hash from (
        select ${leafText} from entry e where e.service = $1 and e.at < $4 and (e.xid, e.id) > ($2::xid8, $3::bigint)) l
      on conflict do nothing`,
    values: [service, gone.xid, gone.id, moment.toISOString()],
  })
  await tx.query({
    text: 'delete from closed_leaf where service = $1 and (xid, id) <= ($2::xid8, $3::bigint)',
    values: [service, gone.xid, gone.id],
  })
}
