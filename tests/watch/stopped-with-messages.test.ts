import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { listNodes, signOfLife } from '../../src/store/nodes.ts'
import { uncarriedRoles } from '../../src/store/uncarried.ts'
import { rollCall } from '../../src/watch/watch.ts'
import { sluis, temporaryFolder } from '../commands/support.ts'
import { databaseOfFile } from '../support/database.ts'

const { db, url } = await databaseOfFile()
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
  vi.stubEnv('DATABASE_URL', url)
  vi.stubEnv('SLUIS_MASTER_KEY', Buffer.alloc(32, 1).toString('base64'))
})
beforeEach(() => db.query({ text: 'delete from node' }))
afterAll(async () => {
  vi.unstubAllEnvs()
  await folder.remove()
})

const told = (name: string, state: 'up' | 'stopped', facts: { spoolFrames: number; spoolAside?: number }) =>
  signOfLife(db, { name, url: 'http://127.0.0.1:1', roles: ['web'], version: '1', state, facts }, new Date())
const inUse = (frames: number) => [{ kind: 'spool-in-use', scope: 'b', detail: { frames } }]
const doctor = () => sluis(['doctor', '--data', folder.path])

test('a node that stopped with messages on its disk is bad, until it was started once', async () => {
  await told('a', 'up', { spoolFrames: 0 })
  await told('b', 'up', { spoolFrames: 3 })
  expect(await rollCall.look(db)).toEqual(inUse(3))
  await told('b', 'stopped', { spoolFrames: 3 })
  expect(await rollCall.look(db)).toEqual(inUse(3))
  const said = await doctor()
  expect(said.code).toBe(1)
  expect(said.out).toMatch(/^bad {3}node b: stopped with 3 messages on its disk\n +Start it once/m)

  await told('b', 'stopped', { spoolFrames: 0 })
  expect(await rollCall.look(db)).toEqual([])
  expect(await doctor()).toMatchObject({ code: 0 })
})

test('one with messages that the database refused is told by the doctor too', async () => {
  await told('b', 'stopped', { spoolFrames: 0, spoolAside: 2 })
  expect((await doctor()).out).toContain('bad   node b: stopped with 2 messages on its disk')
})

test('one that fell silent still has them', async () => {
  await told('a', 'up', { spoolFrames: 0 })
  await told('b', 'up', { spoolFrames: 3 })
  await db.query({ text: `update node set seen_at = now() - interval '1 minute' where name = 'b'` })
  expect(await rollCall.look(db)).toEqual([...inUse(3), expect.objectContaining({ kind: 'node-silent', scope: 'b' })])
})

test('it is not forgotten after a week, what it carried is; struck off it is missed no more', async () => {
  await told('a', 'up', { spoolFrames: 0 })
  await told('b', 'stopped', { spoolFrames: 3 })
  await told('c', 'stopped', { spoolFrames: 0 })
  const old = `now() - interval '9 days'`
  await db.query({
    text: `update node set seen_at = ${old}, facts = jsonb_set(facts, '{carried}', jsonb_build_object('work', ${old}))
      where name <> 'a'`,
  })
  const nodes = await listNodes(db)
  expect(nodes.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(uncarriedRoles(nodes)).toEqual([])
  expect(await rollCall.look(db)).toEqual(inUse(3))

  expect(await sluis(['node', '--gone', 'b', '--reason', 'burnt'])).toMatchObject({ code: 0 })
  expect(await rollCall.look(db)).toEqual([])
  expect(await doctor()).toMatchObject({ code: 0 })
})
