import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { startHub } from '../../src/main.ts'
import { listNodes, signOfLife } from '../../src/store/nodes.ts'
import { missedNodes, strikeOff } from '../../src/store/nodes-gone.ts'
import { startHeartbeat, takeName } from '../../src/watch/heartbeat.ts'
import { temporaryFolder } from '../commands/support.ts'
import { databaseOfFile } from '../support/database.ts'

const { db, url } = await databaseOfFile()
beforeEach(() => db.query({ text: 'delete from node' }))

const node = (folder: string) => ({
  db,
  log: silentLog,
  name: 'a',
  folder,
  url: `http://127.0.0.1:1/${folder}`,
  roles: ['work'],
  version: '1',
  facts: async () => ({ spoolFrames: 3 }),
  draining: () => false,
})
const facts = async () => (await listNodes(db)).map((row) => row.facts)

test('a second node with the name of a living one does not start, and takes the name when that one has stopped', async () => {
  const [first, second] = [node('one'), node('two')]
  await takeName(first)
  const heartbeat = startHeartbeat(first)
  await expect(takeName(second)).rejects.toMatchObject({
    code: 'node-name-taken',
    params: { node: 'a', url: first.url },
  })
  await heartbeat.stop()
  await takeName(second)
  await expect(takeName(first, () => true)).rejects.toMatchObject({ code: 'node-name-taken' })
})

test('a node that was killed has its name at once, and what it told of its disk stays told', async () => {
  await takeName(node('one'))
  await signOfLife(db, { ...node('one'), state: 'up', facts: { folder: 'one', spoolFrames: 3 } }, new Date())
  await takeName(node('one'), () => true)
  expect(await facts()).toEqual([{ folder: 'one', spoolFrames: 3 }])
})

test('the name of a node that was killed and comes back with another folder is free when it was silent', async () => {
  await takeName(node('one'))
  await db.query({ text: `update node set seen_at = now() - interval '9 seconds'` })
  await takeName(node('two'), () => true)
  expect(await facts()).toEqual([{ folder: 'two' }, { folder: 'one' }])
})

const [one, two] = ['11111111-folder', '22222222-folder']
const tell = (folder: string, spoolFrames: number, state: 'up' | 'stopped' = 'up') =>
  signOfLife(db, { ...node(folder), state, facts: { folder, spoolFrames } }, new Date())
const held = async () => (await listNodes(db)).map(({ name, facts: { spoolFrames } }) => [name, spoolFrames])

test('what lies on the disk of a node whose name another folder took is waited for, until it is back or struck off', async () => {
  for (const state of ['up', 'stopped'] as const) {
    await takeName(node(one))
    await tell(one, 3, state)
    await db.query({ text: `update node set seen_at = now() - interval '9 seconds'` })
    await takeName(node(two))
    expect(await held()).toEqual([
      ['a', undefined],
      ['a~11111111', 3],
    ])
    await tell(two, 0)
    expect((await missedNodes(db)).map(({ name, spooled }) => [name, spooled])).toEqual([['a~11111111', 3]])
    // It comes back under another name, for its own is taken.
    await signOfLife(db, { ...node(one), name: 'b', state: 'up', facts: { folder: one, spoolFrames: 3 } }, new Date())
    expect(await held()).toEqual([
      ['a', 0],
      ['b', 3],
    ])
    await db.query({ text: 'delete from node' })
  }

  await tell(one, 3, 'stopped')
  await tell(two, 0)
  expect(await strikeOff(db, { name: 'a~11111111', actor: 'an', why: 'burnt' })).toBe(true)
  expect((await missedNodes(db)).map(({ name, gone }) => [name, gone?.why])).toEqual([['a~11111111', 'burnt']])
})

test('so is one that fell silent without a word of its disk; one that stopped with nothing on it leaves nothing', async () => {
  await tell(one, 0)
  await db.query({ text: `update node set seen_at = now() - interval '9 seconds'` })
  await takeName(node(two))
  expect((await missedNodes(db)).map(({ name }) => name)).toEqual(['a~11111111'])
  await db.query({ text: 'delete from node' })
  await tell(one, 0, 'stopped')
  await takeName(node(two))
  expect(await missedNodes(db)).toEqual([])
  expect(await held()).toEqual([['a', undefined]])
})

test('a node does not write over what a living one of its name told of its disk', async () => {
  await takeName(node('one'))
  const told = signOfLife(db, { ...node('two'), state: 'up', facts: { folder: 'two', spoolFrames: 0 } }, new Date())
  await expect(told).rejects.toMatchObject({ code: 'node-name-taken' })
  expect(await facts()).toEqual([{ folder: 'one' }])
  // A version that tells no folder is replaced by one that does, as in an update.
  await db.query({ text: `update node set facts = facts - 'folder'` })
  await takeName(node('two'), () => true)
})

test('of two hubs of one name on one database the second ends with the reason', { timeout: 120_000 }, async () => {
  const start = async () => {
    const folder = await temporaryFolder()
    onTestFinished(() => folder.remove())
    const env = {
      DATABASE_URL: url,
      SLUIS_MASTER_KEY: Buffer.alloc(32).toString('base64'),
      SLUIS_LOG: 'error',
    }
    const quiet = { SLUIS_PROBE_SECONDS: '0', SLUIS_DRAIN_MS: '0', SLUIS_NODE: 'same' }
    const config = readConfig({ port: 0, mllpPort: 0, data: folder.path }, { ...env, ...quiet })
    const hub = await startHub(config, {}, () => undefined)
    onTestFinished(() => hub.stop())
    return hub
  }
  const first = await start()
  await first.ready
  const second = await start()
  await expect(second.ready).rejects.toMatchObject({ code: 'node-name-taken', params: { url: first.url } })
  await second.stop()
  expect(await listNodes(db)).toMatchObject([{ name: 'same', url: first.url, state: 'up' }])
})
