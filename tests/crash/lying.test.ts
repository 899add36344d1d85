import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { startHubProcess } from '../support/hub.ts'
import { makeSender, registerClient, writeLetters } from '../support/sender.ts'
import { destinations, holdLaws, lookAt, until, untilSettled } from './laws.ts'
import { startTown, type Town } from './town.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  await town.end()
})

/** What destinations do wrong, all three at once. */
const lies: readonly Readonly<Record<string, unknown>>[] = [
  { acknowledge: 'missing' },
  { acknowledge: 'late', lateMs: 700 },
  { acknowledge: 'twice' },
  { acknowledge: 'other-record' },
  { acknowledge: 'wrong-hash' },
  { cutShare: 0.8 },
  { gatewayShare: 0.8 },
  { failShare: 0.8 },
  { status: 429 },
  { clockOffsetMs: 3_600_000 },
]

/** What the hub makes of them. */
const told = [
  'acknowledgement-missing',
  'acknowledgement-of-another',
  'acknowledgement-of-other-bytes',
  'connection-lost',
  'status-504',
  'status-500',
  'status-429',
]

test(
  'destinations that lie, each in every way, get each record once and are believed only what they did',
  { timeout: 300_000 },
  async () => {
    const database = await createTestDatabase()
    const client = await registerClient(database.url)
    await using hub = await startHubProcess({ node: 'one', databaseUrl: database.url, env: town.env })
    await hub.ready
    await town.callBack([hub.url])
    const sender = makeSender(client, [hub.url])
    await sender.signIn()
    const db = lookAt(database.url)
    const untouched = async (): Promise<number> => {
      const { rows } = await db.pool.query<{ count: number }>(
        `select (select count(*) from step)::int + (select count(*) from delivery
          where state = 'waiting' and attempts = 0)::int as count`,
      )
      return rows[0]!.count
    }
    for (const lie of lies) {
      await Promise.all(destinations.map((name) => town.fault(name, lie)))
      for (const letter of writeLetters(8)) await sender.send(letter)
      // What waits for another (a certificate for its result), or behind a breaker that opened, meets the next one.
      await until(untouched, (count) => count === 0, 5_000).catch(() => undefined)
    }
    await Promise.all(destinations.map((name) => town.restart(name, 500)))
    for (const letter of writeLetters(8)) await sender.send(letter)
    await Promise.all(destinations.map((name) => town.fault(name, {})))
    await untilSettled(db)
    expect(sender.receipts.size).toBe(8 * (lies.length + 1))
    await holdLaws(db, [sender], town.neighbours)
    const { rows } = await db.pool.query<{ code: string }>(
      `select distinct coalesce(detail->>'code', kind) as code from entry
        where kind in ('unknown', 'failed', 'unmatched-acknowledgement')`,
    )
    // They did lie.
    expect(rows.map(({ code }) => code)).toEqual(expect.arrayContaining(told))
    await Promise.all([sender.close(), db.close()])
    await database.drop()
  },
)
