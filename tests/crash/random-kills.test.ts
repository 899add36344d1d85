import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { createTestDatabase } from '../support/database.ts'
import { startHubProcess, type HubProcess } from '../support/hub.ts'
import { seed } from '../support/seed.ts'
import { makeSender, pharmacyNames, registerClients } from '../support/sender.ts'
import { holdLaws, lookAt, untilSettled, untilStored } from './laws.ts'
import { startSteadyLoad } from './load.ts'
import { startTown, type Town } from './town.ts'

// The bar is 200 kills; a run of every day has fewer. SLUIS_LONG=1 runs the bar, half of it on one node, half on two.
const kills = Number(process.env['SLUIS_KILLS'] ?? (process.env['SLUIS_LONG'] === '1' ? 200 : 16)) / 2
const timeout = 240_000 + kills * 15_000

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  await town.end()
})

/** The moments are the same in every run as far as the machine keeps time; `SLUIS_SEED=random` draws others. */
const random = seededRandom(seed)

/** Kills a node and starts it again: one time in four it is killed while it is still starting. */
async function killAndStart(hub: HubProcess): Promise<void> {
  await sleep(random() * 2_000)
  await hub.kill('SIGKILL')
  const starting = hub.start().catch(() => undefined)
  if (random() < 0.75) await starting
  if (!hub.alive()) await hub.start()
}

test.for([1, 2])(
  'killed at random moments under load, %i nodes lose and double nothing',
  { timeout },
  async (nodes) => {
    const database = await createTestDatabase()
    const clients = await registerClients(database.url, pharmacyNames(8))
    const hubs = await Promise.all(
      ['one', 'two'].slice(0, nodes).map((node) => startHubProcess({ node, databaseUrl: database.url, env: town.env })),
    )
    const urls = hubs.map((hub) => hub.url)
    const senders = clients.map((client, i) => makeSender(client, i % 2 === 0 ? urls : urls.toReversed()))
    for (const sender of senders) await sender.signIn()
    const db = lookAt(database.url)
    try {
      const load = startSteadyLoad(senders, 40)
      for (let killed = 0; killed < kills; killed += 1) await killAndStart(hubs[killed % nodes]!)
      const { sent } = await load.stop()
      for (const sender of senders) await sender.resend()
      await untilStored(db, senders)
      await untilSettled(db)
      const troubles = senders.reduce((sum, one) => sum + Object.values(one.troubles).reduce((a, b) => a + b, 0), 0)
      console.log(JSON.stringify({ nodes, kills, sent: sent.size, triedAgain: troubles }))
      expect(troubles).toBeGreaterThan(0)
      expect(sent.size).toBeGreaterThan(0)
      await holdLaws(db, senders, town.neighbours)
    } finally {
      await Promise.all(hubs.map((hub) => hub[Symbol.asyncDispose]()))
      await Promise.all([...senders.map((sender) => sender.close()), db.close()])
      await database.drop()
    }
  },
)
