import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSimulated, type Simulated } from '../../src/commands/shared/start-simulated.ts'
import { readConfig } from '../../src/config.ts'
import { startHub, type Hub } from '../../src/main.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { temporaryFolder } from './support.ts'

let database: TestDatabase
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let settings: Readonly<Record<string, string>>
beforeAll(async () => {
  database = await createTestDatabase()
  folder = await temporaryFolder()
  settings = {
    DATABASE_URL: database.url,
    SLUIS_MASTER_KEY: randomBytes(32).toString('base64'),
    SLUIS_MLLP_PORT: '0',
    SLUIS_PROBE_SECONDS: '0',
    SLUIS_DRAIN_MS: '0',
    SLUIS_LOG: 'error',
  }
})
afterAll(async () => {
  await database?.drop()
  await folder?.remove()
})

/** Starts what `sluis start` starts, without a process of its own; ends it after. */
async function withHub(more: Readonly<Record<string, string>>, use: (hub: Hub) => Promise<void>): Promise<string[]> {
  const said: string[] = []
  const say = (line: string): void => void said.push(line)
  const config = readConfig({ port: 0, node: 'a', data: folder.path }, { ...settings, ...more })
  const simulated: Simulated = await startSimulated(config, say)
  try {
    const hub = await startHub(config, simulated.around, say)
    try {
      await hub.ready
      await simulated.begin(hub)
      await use(hub)
    } finally {
      await hub.stop()
    }
  } finally {
    await simulated.stop()
  }
  return said
}

test('laboratories send over MLLP and FHIR, for patients whose monitors change colour; a second start adds no history', async () => {
  const sources = async (hub: Hub) =>
    (
      await hub.parts.db.query<{ source: string; patients: number; last: Date }>({
        text: `select source, count(distinct patient)::int as patients, max(received_at) as last from result
          group by source order by source`,
      })
    ).rows
  const first = await withHub({ SLUIS_MLLP_LOOPBACK: '1' }, async (hub) => {
    const coloured = async (): Promise<number> => {
      const { rows } = await hub.parts.db.query<{ n: number }>({
        text: `select count(distinct s.patient)::int as n from item_state s join enrolment e using (patient, monitor)
          where e.practice = 'Praktijk De Brug' and s.state in ('green', 'red-out-of-target')`,
      })
      return rows[0]?.n ?? 0
    }
    while ((await coloured()) < 12) await sleep(100)
    const names = ['lab-schelde', 'labo-dijle', 'labo-meuse', 'labor-eifel', 'vecht-diagnostiek']
    expect((await sources(hub)).map(({ source }) => source)).toEqual(names)
    const { rows } = await hub.parts.db.query<{ state: string }>({
      text: `select distinct coalesce((select 'withheld' from withheld w where w.record = r.record limit 1), 'visible') as state
        from result r`,
    })
    expect(rows).toEqual([{ state: 'visible' }])
  })
  expect(first.join('\n')).toContain('laboratories (control http://127.0.0.1:')
  await withHub({ SLUIS_MLLP_LOOPBACK: '1' }, async (hub) => {
    const count = async () =>
      (
        await hub.parts.db.query<{ n: number }>({
          text: `select count(*)::int as n from message where service = 'lab'`,
        })
      ).rows[0]!.n
    const before = await count()
    while ((await count()) === before) await sleep(200)
    expect((await count()) - before).toBeLessThan(12)
  })
}, 180_000)

test('where senders of this machine are not known there are no laboratories', async () => {
  const said = await withHub({}, async () => undefined)
  expect(said.join('\n')).toContain('pharmacies (control')
  expect(said.join('\n')).not.toContain('laboratories (control')
}, 120_000)
