import type { Service } from '../formats/record.ts'
import { brusselsDay } from '../kernel/clock.ts'
import { failurePoint } from '../kernel/failure-points.ts'
import { deliveryLines, destinationDays, messageLines, recordLines } from '../store/account.ts'
import { blocksFrom, keepLeaves, lastBlock } from '../store/blocks.ts'
import { markPatients } from '../store/care-dirty.ts'
import { askServer, inSnapshot, inTransaction, type Database, type Queryable } from '../store/connect.ts'
import { destroyKey, detachPeriod, dropTables, removeSettled } from '../store/retention-drop.ts'
import {
  becomeCloser,
  blocksGone,
  chainCut,
  holdStill,
  insertClosed,
  periodsUntil,
  retentions,
  underWay,
  unfinishedPeriods,
  type ClosedLine,
  type Period,
} from '../store/retention.ts'
import { missingSpooled } from '../store/spooled-missing.ts'
import type { Cursor } from '../store/status-feed.ts'
import { isBalanced } from './account.ts'
import { blockHolds } from './seal.ts'

/** What became of one period that is past its retention. */
export type Closing =
  | { readonly state: 'closed'; readonly period: Period }
  | ({ readonly state: 'waits'; readonly period: Period } & Waits)

interface Waits {
  readonly for: readonly string[]
  /** What no work of the hub mends; to find it again costs as much as the books. */
  readonly lasting: boolean
}

const day = 86_400_000
const start: Cursor = { xid: '0', id: 0 }

/**
 * Closes what is past its retention, oldest first: a period goes only when all in it is settled, its books balance and its
 * blocks are as sealed; its lines of the books are kept. Then drops the tables that stand apart, and destroys the keys.
 * Repeatable after any crash; on several nodes at once, one does it. A period is past its retention when the node and the
 * database both say so: what is gone stays gone, and one of them may have a wrong clock. Services that `rest` are left out.
 * Returns what was closed and what waits.
 *
 * @example await keepRetention(db, new Date()) // [{ state: 'closed', period: { service: 'eforms', period: '20220701', .. } }]
 */
export async function keepRetention(db: Database, now: Date, rest?: ReadonlySet<Service>): Promise<Closing[]> {
  await finish(db)
  const done: Closing[] = []
  const time = await agreedTime(db, now)
  for (const { service, days } of await retentions(db)) {
    if (days === null || rest?.has(service) === true) continue
    for (const period of await periodsUntil(db, service, new Date(time - days * day))) {
      const closing = await closePeriod(db, period)
      if (closing === null) break
      done.push(closing)
      // A later period may not go before an earlier one: its entries may tell of messages of that one.
      if (closing.state === 'waits') break
      failurePoint('retention-after-detach')
      await finish(db)
    }
  }
  return done
}

/**
 * What is past its retention and stays, per service, and for what: the oldest period, the others wait for it. What waits for
 * nothing goes at the next turn.
 */
export async function waitingPeriods(db: Database, now: Date): Promise<Extract<Closing, { state: 'waits' }>[]> {
  const waits: Extract<Closing, { state: 'waits' }>[] = []
  const time = await agreedTime(db, now)
  for (const { service, days } of await retentions(db)) {
    if (days === null) continue
    const [period] = await periodsUntil(db, service, new Date(time - days * day))
    if (period === undefined) continue
    const settled = await inSnapshot(db, (tx) => settledOf(tx, period))
    if (settled.state === 'waits') waits.push({ ...settled, period })
  }
  return waits
}

const agreedTime = async (db: Database, now: Date): Promise<number> =>
  Math.min(now.getTime(), (await askServer(db)).now.getTime())

/** Null when another node is at it. */
async function closePeriod(db: Database, period: Period): Promise<Closing | null> {
  return inTransaction(db, async (tx) => {
    if (!(await becomeCloser(tx))) return null
    await holdStill(tx, period)
    const settled = await settledOf(tx, period)
    if (settled.state === 'waits') return { ...settled, period }
    const { books, gone } = settled
    await insertClosed(tx, period, gone, books.lines)
    const removed = await removeSettled(tx, period)
    // One that was released again meanwhile would be in neither book: nothing is closed, the next turn tries again.
    if (removed.deliveries !== books.deliveries)
      throw new Error(`deliveries of ${period.service} ${period.period} changed`)
    await markPatients(tx, removed.patients, 'time')
    await keepLeaves(tx, period.service, period.from, await endOf(tx, period.service, gone))
    await detachPeriod(tx, period)
    return { state: 'closed', period }
  })
}

interface Books {
  readonly lines: ClosedLine[]
  readonly deliveries: number
}

/** What a period may go with: its books, and the last block of which nothing is left then; or what it waits for. */
async function settledOf(
  tx: Queryable,
  period: Period,
): Promise<{ state: 'settled'; books: Books; gone: number } | ({ state: 'waits' } & Waits)> {
  const open = [...(await underWay(tx, period.service, period.to)), ...(await missedIn(tx, period))]
  if (open.length > 0) return { state: 'waits', for: open, lasting: false }
  const books = await booksOf(tx, period)
  if (books === null) return { state: 'waits', for: ['its books to balance'], lasting: true }
  const chain = await chainOf(tx, period)
  if (chain.state === 'holds') return { state: 'settled', books, gone: chain.gone }
  return { state: 'waits', for: [chain.for], lasting: chain.lasting }
}

/** Receipts whose message may still come into a period. Of which service it is nobody knows: the disk that knew is lost. */
async function missedIn(tx: Queryable, { from, to }: Period): Promise<string[]> {
  const missed = (await missingSpooled(tx)).filter(({ spooledAt }) => spooledAt >= from && spooledAt < to)
  const named = missed
    .slice(0, 5)
    .map(
      ({ receipt, node, refused }) =>
        `receipt ${receipt}, which node ${node} ${refused ? 'keeps refused' : 'has lost'}`,
    )
  return missed.length > named.length ? [...named, `${missed.length - named.length} more such receipts`] : named
}

/** The lines of a period to keep; null when they do not balance. */
async function booksOf(tx: Queryable, { service, to }: Period): Promise<Books | null> {
  const span = { from: '2000-01-01', to: brusselsDay(to), service, before: to }
  // Conflicts and what was turned away stay where they are, and are counted there.
  const messages = (await messageLines(tx, span))
    .filter((line) => line.accepted > 0)
    .map((line) => ({ ...line, turnedAway: 0, conflicts: 0 }))
  const records = await recordLines(tx, span)
  const deliveries = await deliveryLines(tx, span)
  if (!isBalanced({ messages, records, deliveries, missing: [] })) return null
  const named = { messages, records, deliveries, destinations: await destinationDays(tx, span) }
  const lines = Object.entries(named).flatMap(([what, of]) =>
    of.map((line) => ({ what: what as ClosedLine['what'], line })),
  )
  return { lines, deliveries: deliveries.reduce((sum, line) => sum + line.owed, 0) }
}

/**
 * Whether the entries that go are sealed and as sealed. Those made in the period itself stay one period longer: a node whose
 * clock is ahead may have told of a message of the next one.
 */
async function chainOf(
  tx: Queryable,
  { service, from }: Period,
): Promise<{ state: 'holds'; gone: number } | { state: 'waits'; for: string; lasting: boolean }> {
  const last = await lastBlock(tx, service)
  const cut = await chainCut(tx, service, from, last === null ? start : { xid: last.toXid, id: last.toId })
  if (cut.unsealed > 0) return { state: 'waits', for: 'its entries to be sealed', lasting: false }
  if (cut.tallied < cut.touched) return { state: 'waits', for: 'its figures to be added up', lasting: false }
  const before = await blocksGone(tx, service)
  for (let number = before + 1; number <= cut.touched; number++) {
    if (!(await blockHolds(tx, service, number)))
      return { state: 'waits', for: `block ${number} to be as sealed`, lasting: true }
  }
  return { state: 'holds', gone: Math.max(before, Math.min(cut.gone, cut.touched)) }
}

async function endOf(tx: Queryable, service: Service, number: number): Promise<Cursor> {
  const [block] = number === 0 ? [] : await blocksFrom(tx, service, number, 1)
  return block === undefined ? start : { xid: block.toXid, id: block.toId }
}

/** Drops what stands apart and destroys the keys nothing needs any longer. */
async function finish(db: Database): Promise<void> {
  await inTransaction(db, async (tx) => {
    if (!(await becomeCloser(tx))) return
    for (const period of await unfinishedPeriods(tx)) {
      if (period.droppedAt === null) await dropTables(tx, period)
      await destroyKey(tx, period)
    }
  })
}
