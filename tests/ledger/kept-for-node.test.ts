import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/kernel/clock.ts'
import { keepRetention } from '../../src/ledger/retention.ts'
import { listNodes, signOfLife } from '../../src/store/nodes.ts'
import { keptForNodeLook } from '../../src/watch/retention.ts'
import { rollCall } from '../../src/watch/watch.ts'
import { jsonLines, sluis } from '../commands/support.ts'
import { openAgedLine } from '../support/aged.ts'
import type { Line } from '../support/line.ts'

let line: Line
beforeAll(async () => {
  ;({ line } = await openAgedLine())
  vi.stubEnv('DATABASE_URL', line.url)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await line.close()
})

const alive = (name: string, spoolFrames = 0, spoolAside = 0): Promise<void> =>
  signOfLife(
    line.db,
    { name, url: 'http://127.0.0.1:1', roles: ['web'], version: '1', state: 'up', facts: { spoolFrames, spoolAside } },
    new Date(),
  )
const silentFor = (name: string, time: string) =>
  line.db.query({ text: `update node set seen_at = now() - $2::interval where name = $1`, values: [name, time] })
const look = keptForNodeLook(systemClock)

test('contents wait for a node that is silent, and after a day somebody is told for which', async () => {
  await alive('lost')
  await silentFor('lost', '20 hours')
  expect(await keepRetention(line.db, new Date())).toMatchObject([
    { state: 'waits', for: ['node lost, which is silent or spools'] },
  ])
  expect(await look.look(line.db)).toEqual([])
  await silentFor('lost', '9 days')
  expect(await look.look(line.db)).toMatchObject([
    { kind: 'kept-for-node', scope: 'lost', detail: { waiting: [expect.stringMatching(/^eforms \d{8}$/)] } },
  ])
})

test('a node that runs is not struck off, nor one nobody knows, nor any without a reason', async () => {
  await alive('here', 3)
  expect(await sluis(['node', '--gone', 'here', '--reason', 'a try'])).toMatchObject({ code: 1 })
  expect(await sluis(['node', '--gone', 'nobody', '--reason', 'a try'])).toMatchObject({ code: 2 })
  expect(await sluis(['node', '--gone', 'lost'])).toMatchObject({ code: 2 })
  expect(jsonLines(await sluis(['node', '--json']))[0]).toMatchObject([
    { name: 'lost', gone: null },
    { name: 'here', spooled: 3, gone: null },
  ])
  await alive('here')
})

test('contents wait for what the database refused and a node keeps, while it runs and while it is stopped', async () => {
  await alive('here', 0, 2)
  const kept = 'node here, which keeps messages that the database refused'
  const waits = [{ state: 'waits', for: expect.arrayContaining([kept]) as unknown }]
  expect(await keepRetention(line.db, new Date())).toMatchObject(waits)
  expect(jsonLines(await sluis(['node', '--json']))[0]).toMatchObject([{ name: 'lost' }, { name: 'here', spooled: 2 }])
  await line.db.query({ text: `update node set state = 'stopped' where name = 'here'` })
  expect(await keepRetention(line.db, new Date())).toMatchObject(waits)
  await alive('here')
})

test('one struck off is missed and waited for no more, with who and why; back again it is up', async () => {
  await silentFor('lost', '2 days')
  expect((await rollCall.look(line.db)).map(({ kind, scope }) => [kind, scope])).toEqual([['node-silent', 'lost']])
  const said = await sluis(['node', '--gone', 'lost', '--reason', 'burnt, disk and all', '--by', 'Els', '--json'])
  expect(said.code).toBe(0)
  expect(jsonLines(said)[0]).toMatchObject([{ name: 'lost', gone: { actor: 'Els', why: 'burnt, disk and all' } }])
  expect(await rollCall.look(line.db)).toEqual([])
  expect(await look.look(line.db)).toEqual([])

  await alive('lost', 2)
  expect((await listNodes(line.db)).map(({ name, state }) => [name, state])).toEqual([
    ['here', 'up'],
    ['lost', 'up'],
  ])
  // What is on its disk is waited for again.
  expect(await keepRetention(line.db, new Date())).toMatchObject([
    { state: 'waits', for: ['node lost, which is silent or spools'] },
  ])
  await alive('lost')
  await silentFor('lost', '1 minute')
  expect(await sluis(['node', '--gone', 'lost', '--reason', 'again'])).toMatchObject({ code: 0 })
  expect(await keepRetention(line.db, new Date())).toMatchObject([{ state: 'closed' }])
})
