import { afterAll, beforeAll, expect, test } from 'vitest'
import { listNodes } from '../../src/store/nodes.ts'
import { insertPause } from '../../src/store/pauses.ts'
import { until, lookAt } from '../crash/laws.ts'
import { startTown, type Town } from '../crash/town.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startHubProcess, type HubProcess } from '../support/hub.ts'

let town: Town
let database: TestDatabase
let hub: HubProcess
let db: ReturnType<typeof lookAt>
beforeAll(async () => {
  town = await startTown()
  database = await createTestDatabase()
  const takes = { SLUIS_DEST_DIGITAAL_VLAANDEREN_TAKES_PROBES: 'true', SLUIS_PROBE_SECONDS: '1' }
  hub = await startHubProcess({ databaseUrl: database.url, env: { ...town.env, ...takes } })
  await hub.ready
  db = lookAt(database.url)
}, 180_000)
afterAll(async () => {
  await db?.close()
  await hub?.[Symbol.asyncDispose]()
  await database?.drop()
  await town?.[Symbol.asyncDispose]()
})

interface Probe {
  readonly ok: boolean
  readonly stop: string | null
  readonly code: string | null
  readonly receipt: string | null
}

const last = async (): Promise<Probe | undefined> =>
  (await db.pool.query<Probe>('select ok, stop, code, receipt from probe order by id desc limit 1')).rows[0]

const probeAlerts = async (): Promise<string[]> => {
  const text = `select scope from alert where kind = 'probe-failed' and ended_at is null`
  return (await db.pool.query<{ scope: string }>(text)).rows.map((row) => row.scope)
}

const openDeliveries = async (): Promise<number> =>
  (await db.pool.query<{ count: number }>(`select count(*)::int as count from delivery where state <> 'acknowledged'`))
    .rows[0]?.count ?? 0

test('a probe goes through the door to a certificate, owes only what a probe may, and is seen in the metrics', async () => {
  await until(last, (probe) => probe?.ok === true)
  const { rows } = await db.pool.query(
    `select distinct d.destination, d.purpose, s.kind from delivery d join sender s on s.id = d.sender_id`,
  )
  expect(rows).toEqual([{ destination: 'digitaal-vlaanderen', purpose: 'certificate', kind: 'probe' }])
  const metrics = await (await fetch(`${hub.url}/metrics`)).text()
  expect(metrics).toMatch(/^sluis_probe_ok\{[^}]*\} 1$/m)
  expect(metrics).toMatch(/^sluis_probe_seconds\{[^}]*\} [0-9.]+$/m)
}, 180_000)

test('with every sign of life a node tells its rate, its clock and its spool, and the list of nodes has them', async () => {
  const node = async () => (await listNodes(db))[0]
  const seen = await until(node, (row) => Number(row?.facts['intakePerSecond']) > 0)
  expect(seen?.facts).toMatchObject({ custodian: 'storing', spoolFrames: 0, spoolBytes: 0, spoolOldest: null })
  expect(Math.abs(Number(seen?.facts['clock']) - Number(seen?.seenAt.getTime()))).toBeLessThan(60_000)
}, 180_000)

test('a closed door is noticed at once, also while an earlier probe waits at its destination', async () => {
  const pause = (what: 'delivery' | 'intake', destination: string | null, service: string | null) =>
    insertPause(db, { what, destination, service, formKind: null }, 'nobody knows yet what is wrong', 'test')
  await pause('delivery', 'digitaal-vlaanderen', null)
  await until(openDeliveries, (count) => count > 0)
  await pause('intake', null, 'eforms')
  expect(await until(last, (probe) => probe?.ok === false)).toMatchObject({ stop: 'intake', code: 'service-stopped' })
  expect(await until(probeAlerts, (found) => found.length > 0)).toEqual(['one: intake'])
  await db.pool.query('update pause set ended_at = now()')
  await until(probeAlerts, (found) => found.length === 0)
}, 180_000)

test('a node keeps the reserved sender of the hub over a restart, and owes nothing where no probes are taken', async () => {
  await hub.kill('SIGTERM')
  await db.pool.query('delete from probe')
  await hub.start({ SLUIS_DEST_DIGITAAL_VLAANDEREN_TAKES_PROBES: 'false' })
  const probe = await until(last, (one) => one?.ok === true)
  const { rows } = await db.pool.query(
    `select (select count(*) from sender where kind = 'probe')::int as senders,
      (select count(*) from delivery where receipt = $1)::int as deliveries`,
    [probe?.receipt],
  )
  expect(rows).toEqual([{ senders: 1, deliveries: 0 }])
}, 180_000)

test('a node that takes messages and does not watch probes itself too', async () => {
  await hub.kill('SIGTERM')
  await db.pool.query('delete from probe')
  await hub.start({ SLUIS_DEST_DIGITAAL_VLAANDEREN_TAKES_PROBES: 'false', SLUIS_ROLES: 'intake,work' })
  await until(last, (one) => one?.ok === true)
}, 180_000)
