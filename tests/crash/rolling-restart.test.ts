import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBalancer } from '../../src/drills/balancer.ts'
import { createTestDatabase } from '../support/database.ts'
import { startHubProcess, type HubProcess } from '../support/hub.ts'
import { makeSender, pharmacyNames, registerClient, registerClients, writeLetter } from '../support/sender.ts'
import { holdLaws, lookAt, until, untilSettled } from './laws.ts'
import { startSteadyLoad } from './load.ts'
import { startTown, type Town } from './town.ts'

const timeout = 240_000

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  await town.end()
})

async function startPair(
  databaseUrl: string,
  env: Readonly<Record<string, string>>,
): Promise<[HubProcess, HubProcess]> {
  return Promise.all([
    startHubProcess({ node: 'one', databaseUrl, env }),
    startHubProcess({ node: 'two', databaseUrl, env }),
  ])
}

test('two nodes restarted one after the other behind a balancer refuse nobody', { timeout }, async () => {
  const database = await createTestDatabase()
  const clients = await registerClients(database.url, pharmacyNames(8))
  // The nodes must know the balancer's name before they start, and the balancer their ports: it follows them.
  const ports = [0, 0]
  const balancer = await startBalancer(ports)
  const url = `http://127.0.0.1:${balancer.port}`
  const hubs = await startPair(database.url, { ...town.env, SLUIS_PUBLIC_URL: url, SLUIS_DRAIN_MS: '6000' })
  hubs.forEach((hub, i) => (ports[i] = hub.port))
  await Promise.all(hubs.map((hub) => hub.ready))
  const senders = clients.map((client) => makeSender(client, [url]))
  const db = lookAt(database.url)
  try {
    for (const sender of senders) await sender.signIn()
    const load = startSteadyLoad(senders, 80)
    for (const hub of hubs) {
      await sleep(1_000)
      expect(await hub.kill('SIGTERM')).toBe('0')
      await hub.start()
      await hub.ready
    }
    await sleep(1_000)
    const { sent } = await load.stop()
    const troubles = senders.flatMap((sender) => Object.entries(sender.troubles))
    console.log(JSON.stringify({ sent: sent.size, byNode: balancer.counts(), troubles }))
    expect(troubles).toEqual([])
    await untilSettled(db)
    await holdLaws(db, senders, town.neighbours)
  } finally {
    await Promise.all(hubs.map((hub) => hub[Symbol.asyncDispose]()))
    await Promise.all([...senders.map((sender) => sender.close()), db.close(), balancer.close()])
    await database.drop()
  }
})

/** What a node has on its way to a destination: delivery and the moment its lease runs out. */
interface Leased {
  readonly id: number
  readonly until: Date
}

test(
  'what a killed node had on its way to a destination is finished by the other, long before its leases run out',
  { timeout },
  async () => {
    const database = await createTestDatabase()
    const client = await registerClient(database.url)
    const hubs = await startPair(database.url, town.env)
    const sender = makeSender(
      client,
      hubs.map((hub) => hub.url),
    )
    const db = lookAt(database.url)
    const rowsOf = async <T>(text: string, values: unknown[]) => (await db.pool.query(text, values)).rows as T[]
    try {
      await Promise.all(hubs.map((hub) => hub.ready))
      await sender.signIn()
      // Within the time-out, and long enough that nothing is answered before the node dies: what it sent stays leased.
      await town.fault('sciensano', { delayMs: 8_000 })
      await Promise.all(Array.from({ length: 48 }, () => sender.send(writeLetter('rapid-test'))))
      const leasedBy = (node: string) =>
        rowsOf<Leased>(
          `select id, leased_until as until from delivery
            where destination = 'sciensano' and leased_by = $1 and leased_until > now() and state = 'waiting'`,
          [node],
        )
      // Which node takes the work is a race: the one that has it dies, the other finishes it.
      const holdings = await until(
        () => Promise.all(hubs.map(async (hub) => ({ hub, rows: await leasedBy(hub.node) }))),
        (all) => all.some(({ rows }) => rows.length >= 4),
      )
      const [victim, heir] = holdings[0]!.rows.length >= 4 ? hubs : [hubs[1], hubs[0]]
      /** Answers that a node wrote down as acknowledged. */
      const acknowledgedBy = async (node: string) => {
        const text = `select sum(acknowledged)::int as count from delivery_rate where destination = 'sciensano' and node = $1`
        return (await rowsOf<{ count: number | null }>(text, [node]))[0]?.count ?? 0
      }
      await victim.kill('SIGKILL')
      const left = await leasedBy(victim.node)
      const before = await acknowledgedBy(heir.node)
      expect(left.length).toBeGreaterThan(0)
      await town.fault('sciensano', {})
      const ids = left.map((row) => row.id)
      const settled = () =>
        rowsOf<{ id: number; at: Date }>(
          `select id, settled_at as at from delivery where id = any($1) and state = 'acknowledged'`,
          [ids],
        )
      const finished = await until(settled, (rows) => rows.length === ids.length)
      const early = left.map(
        ({ id, until: end }) => end.getTime() - finished.find((row) => row.id === id)!.at.getTime(),
      )
      console.log(JSON.stringify({ leasedAtDeath: left.length, leaseLeftMs: { least: Math.min(...early) } }))
      expect(heir.output()).toContain('deliveries-taken-over')
      expect((await acknowledgedBy(heir.node)) - before).toBeGreaterThanOrEqual(ids.length)
      expect(Math.min(...early)).toBeGreaterThan(0)
      expect([victim.alive(), heir.alive()]).toEqual([false, true])
      await untilSettled(db)
      await holdLaws(db, [sender], town.neighbours)
    } finally {
      await Promise.all(hubs.map((hub) => hub[Symbol.asyncDispose]()))
      await Promise.all([sender.close(), db.close()])
      await database.drop()
    }
  },
)
