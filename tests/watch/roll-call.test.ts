import { expect, test } from 'vitest'
import { signOfLife } from '../../src/store/nodes.ts'
import { restAfter, rollCall } from '../../src/watch/watch.ts'
import { databaseOfFile } from '../support/database.ts'

const { db } = await databaseOfFile()

const alive = (name: string, roles: readonly string[]): Promise<void> =>
  signOfLife(
    db,
    { name, url: 'http://127.0.0.1:1', roles, version: '1', state: 'up', facts: { spoolFrames: 0 } },
    new Date(),
  )

test('a node that came back without its work is missed, until it carries it again', async () => {
  await alive('a', ['intake', 'work', 'web'])
  await alive('b', ['web'])
  expect(await rollCall.look(db)).toEqual([])
  await alive('a', ['web'])
  await alive('a', ['web'])
  expect(await rollCall.look(db)).toEqual([
    { kind: 'node-silent', scope: 'a', detail: { missing: ['intake', 'work'] } },
  ])
  await alive('a', ['intake', 'work', 'web'])
  expect(await rollCall.look(db)).toEqual([])
})

test('a role that no node has any more is missed, also when its node stopped in order', async () => {
  await db.query({ text: 'delete from node' })
  await alive('a', ['intake', 'web'])
  await alive('b', ['work'])
  await db.query({
    text: `update node set state = 'stopped',
      facts = jsonb_set(facts, '{carried,work}', to_jsonb(now() - interval '20 seconds')) where name = 'b'`,
  })
  expect(await rollCall.look(db)).toEqual([{ kind: 'role-uncarried', scope: 'work', detail: {} }])
  await alive('b', ['work'])
  expect(await rollCall.look(db)).toEqual([])
})

test('a look that costs much uses a twentieth of the time, within bounds; a prompt one is never put off', () => {
  expect(restAfter({ everyMs: 2_000 }, 50)).toBe(2_000)
  expect(restAfter({ everyMs: 2_000 }, 300)).toBe(6_000)
  expect(restAfter({ everyMs: 2_000 }, 9_000)).toBe(8_000)
  expect(restAfter({ everyMs: 2_000, promptly: true }, 9_000)).toBe(2_000)
  expect(restAfter({ everyMs: 60_000 }, 30_000)).toBe(600_000)
  expect(restAfter({ everyMs: 60_000 }, 90_000)).toBe(900_000)
})

test('a connection that breaks outside a statement does not end the process', async () => {
  const client = await db.pool.connect()
  expect(() => client.emit('error', new Error('terminated by the administrator'))).not.toThrow()
  client.release(true)
})

test('messages that the database refused, and lie on the disk of a node, are told', async () => {
  await db.query({ text: 'delete from node' })
  const node = { name: 'a', url: 'http://127.0.0.1:1', roles: ['intake'], version: '1', state: 'up' as const }
  await signOfLife(db, { ...node, facts: { spoolFrames: 0, spoolAside: 2 } }, new Date())
  const told = [{ kind: 'spool-aside', scope: 'a', detail: { messages: 2 } }]
  expect(await rollCall.look(db)).toEqual(told)
  await db.query({ text: `update node set state = 'stopped'` })
  expect(await rollCall.look(db)).toEqual(told)
  await signOfLife(db, { ...node, facts: { spoolFrames: 0, spoolAside: 0 } }, new Date())
  expect(await rollCall.look(db)).toEqual([])
})
