import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Neighbours } from '../../src/commands/neighbours.ts'
import { services } from '../../src/formats/record.ts'
import { brusselsDay } from '../../src/kernel/clock.ts'
import { prefixOf } from '../../src/kernel/ids.ts'
import { account } from '../../src/ledger/account.ts'
import { verifyChain } from '../../src/ledger/seal.ts'
import { connect, type Database } from '../../src/store/connect.ts'
import { lostInside } from '../support/lost.ts'
import type { Sender } from '../support/sender.ts'

/** Waits until `done`; fails after `patience` milliseconds, telling what it saw last. */
export async function until<T>(look: () => Promise<T>, done: (seen: T) => boolean, patience = 60_000): Promise<T> {
  const end = Date.now() + patience
  for (;;) {
    const seen = await look()
    if (done(seen)) return seen
    if (Date.now() > end) throw new Error(`after ${patience / 1_000} s still ${JSON.stringify(seen)}`)
    await sleep(100)
  }
}

async function rowsOf<T>(db: Database, text: string, values: unknown[] = []): Promise<T[]> {
  return (await db.pool.query(text, values)).rows as T[]
}

/** What is still on its way through the hub: work, deliveries, entries no block holds yet. */
export async function underWay(db: Database): Promise<{ steps: number; open: number; unsealed: number }> {
  const [row] = await rowsOf<{ steps: number; open: number; unsealed: number }>(
    db,
    `select (select count(*) from step)::int as steps,
      (select count(*) from delivery where state in ('blocked', 'waiting', 'unknown', 'pending'))::int as open,
      ((select count(*) from entry) - (select coalesce(sum(entries), 0) from block))::int as unsealed`,
  )
  return row!
}

/** Nothing is under way any more. All entries are counted only when no work is left: of a long run they are a million. */
async function isSettled(db: Database): Promise<boolean> {
  const [row] = await rowsOf<{ busy: boolean }>(
    db,
    `select exists (select from step)
      or exists (select from delivery where state in ('blocked', 'waiting', 'unknown', 'pending')) as busy`,
  )
  if (row!.busy) return false
  const { steps, open, unsealed } = await underWay(db)
  return steps === 0 && open === 0 && unsealed === 0
}

/** Waits until nothing is under way any more; looks at most a tenth of the time, so that looking does not slow what it waits for. */
export async function untilSettled(db: Database, patience = 90_000): Promise<void> {
  const end = Date.now() + patience
  for (;;) {
    const began = Date.now()
    if (await isSettled(db)) return
    if (Date.now() > end) throw new Error(`after ${patience / 1_000} s still ${JSON.stringify(await underWay(db))}`)
    await sleep(Math.max(100, 9 * (Date.now() - began)))
  }
}

/** Opens the database of a hub for a look from outside. */
export function lookAt(url: string): Database & AsyncDisposable {
  const db = connect({ url, connections: 4, connectTimeout: 30_000, applicationName: 'test' })
  return Object.assign(db, { [Symbol.asyncDispose]: () => db.close() })
}

/**
 * Holds a hub that has come to rest to the laws: every receipt is there with its bytes' hash, every record read is there and
 * leads somewhere, nothing is there twice, each destination acted once for what it acknowledged, the books balance and the
 * chain is whole. That destinations acted for nothing else is held by `holdNothingElse`, when all hubs of a town are done.
 */
export async function holdLaws(
  db: Database,
  senders: readonly Sender[],
  neighbours?: Pick<Neighbours, 'ports'>,
): Promise<void> {
  for (const sender of senders) {
    expect([...sender.unanswered.keys()]).toEqual([])
    expect(await missing(db, sender)).toEqual([])
  }
  expect(await lostInside(db)).toEqual([])
  expect(await doubled(db)).toEqual([])
  if (neighbours !== undefined) await holdEffects(db, neighbours)
  const day = 86_400_000
  const days = { from: brusselsDay(new Date(Date.now() - day)), to: brusselsDay(new Date()) }
  const books = await account(db, days)
  if (!books.balanced) expect(books).toMatchObject({ balanced: true })
  for (const service of services) expect(await verifyChain(db, service)).toMatchObject({ broken: [] })
}

/** Waits until every receipt given has its message: a node that has just started may still drain what it spooled. */
export async function untilStored(db: Database, senders: readonly Sender[], patience = 90_000): Promise<void> {
  const lacking = async () => (await Promise.all(senders.map((sender) => missing(db, sender)))).flat()
  await until(lacking, (receipts) => receipts.length === 0, patience)
}

/** Receipts whose message is not there, or with another hash. */
async function missing(db: Database, sender: Sender): Promise<string[]> {
  const kept = [...sender.receipts.values()]
  const found = await rowsOf<{ receipt: string; sha256: string }>(
    db,
    `select m.receipt, encode(m.sha256, 'hex') as sha256 from unnest($1::uuid[], $2::bigint[]) as w(receipt, prefix)
      join message_key k on k.prefix = w.prefix and k.receipt = w.receipt
      join message m on m.service = k.service and m.received_at = k.received_at and m.id = k.message
        and m.receipt = w.receipt`,
    [kept.map(({ receipt }) => receipt), kept.map(({ receipt }) => prefixOf(receipt))],
  )
  const hashes = new Map(found.map((one) => [one.receipt, one.sha256]))
  return kept.filter(({ receipt, sha256 }) => hashes.get(receipt) !== sha256).map(({ receipt }) => receipt)
}

/** Whatever stands in the database more often than the facts allow. */
async function doubled(db: Database): Promise<unknown[]> {
  return rowsOf(
    db,
    `select 'message' as what, sender_id || ' ' || message_id as which, count(*)::int as times from message group by 1, 2 having count(*) > 1
    union all select 'record', message || ' ' || ordinal, count(*)::int from record group by 1, 2 having count(*) > 1
    union all select 'message read', message::text, count(*)::int from entry where kind in ('read', 'unreadable') group by 1, 2 having count(*) > 1
    union all select 'record decided', record::text, count(*)::int from entry where kind in ('passed', 'record-refused') group by 1, 2 having count(*) > 1
    union all select 'delivery', record || ' ' || destination || ' ' || purpose, count(*)::int from delivery group by 1, 2 having count(*) > 1
    union all select 'certificate', record::text, count(*)::int from certificate group by 1, 2 having count(*) > 1`,
  )
}

interface Effect {
  readonly deliveryId: string
  readonly times: number
}

/** What a simulated destination did, by delivery. */
export async function effectsOf(
  neighbours: Pick<Neighbours, 'ports'>,
  name: Destination,
): Promise<Map<string, number>> {
  const answer = await fetch(`${neighbours.ports[name]!.controlUrl}/control/effects?limit=1000000`)
  const { effects } = (await answer.json()) as { effects: Effect[] }
  return new Map(effects.map(({ deliveryId, times }) => [deliveryId, times]))
}

export const destinations = ['sciensano', 'vaccinnet', 'digitaal-vlaanderen'] as const
export type Destination = (typeof destinations)[number]

/** What the hubs of a town owed to its destinations, as far as they were held to the laws. */
const owedInTown = new WeakMap<Pick<Neighbours, 'ports'>, Set<string>>()

/** No destination of a town acted for what none of its hubs owed; every one of them was held to the laws before. */
export async function holdNothingElse(neighbours: Pick<Neighbours, 'ports'>): Promise<void> {
  const owed = owedInTown.get(neighbours) ?? new Set()
  for (const name of destinations) {
    const done = await effectsOf(neighbours, name)
    expect({ name, owedByNobody: [...done.keys()].filter((uid) => !owed.has(uid)) }).toEqual({ name, owedByNobody: [] })
  }
}

async function holdEffects(db: Database, neighbours: Pick<Neighbours, 'ports'>): Promise<void> {
  for (const name of destinations) {
    const owed = await rowsOf<{ uid: string; state: string }>(
      db,
      'select uid, state from delivery where destination = $1',
      [name],
    )
    const known = owedInTown.get(neighbours) ?? new Set()
    owedInTown.set(neighbours, known)
    for (const { uid } of owed) known.add(uid)
    const done = await effectsOf(neighbours, name)
    const wrong = owed.filter(({ uid, state }) => state !== 'acknowledged' || done.get(uid) !== 1)
    expect({ name, wrong: wrong.map(({ uid, state }) => ({ uid, state, times: done.get(uid) })) }).toEqual({
      name,
      wrong: [],
    })
  }
}
