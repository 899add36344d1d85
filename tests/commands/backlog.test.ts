import { expect, test, vi } from 'vitest'
import { connect } from '../../src/store/connect.ts'
import { signOfLife } from '../../src/store/nodes.ts'
import { createTestDatabase } from '../support/database.ts'
import { sluis } from './support.ts'

test('a backlog tells what waits inside, and that nobody works on it', async () => {
  const database = await createTestDatabase()
  vi.stubEnv('DATABASE_URL', database.url)
  const db = connect({ url: database.url, connections: 1 })
  expect((await sluis(['backlog'])).out).toBe(
    'Nothing is waiting: everything owed was acknowledged, refused or withdrawn.\n',
  )
  const node = {
    name: 'a',
    url: 'http://127.0.0.1:1',
    roles: ['work', 'delivery'],
    version: '1',
    state: 'up',
    facts: {},
  } as const
  await signOfLife(db, node, new Date())
  await db.query({
    text: `insert into step (stage, service, shard, message, record, received_at, due_at)
      values ('read', 'eforms', 1, 1, 0, now() - interval '2 minutes', now()), ('read', 'eforms', 1, 2, 0, now(), now()),
        ('plan', 'eforms', 1, 3, 4, now(), now())`,
  })
  const busy = (await sluis(['backlog'])).out.split('\n')
  expect(busy).toEqual([
    'Nothing that is owed by now is waiting: everything owed was acknowledged, refused or withdrawn.',
    expect.stringMatching(/^2 messages wait to be read, the oldest received .* \(2 min ago\)\.$/),
    expect.stringMatching(/^1 record waits to be planned, the oldest received /),
    '',
  ])
  await db.query({
    text: `update node set facts = jsonb_set(facts, '{carried}',
      jsonb_build_object('work', now() - interval '1 minute', 'delivery', now()))`,
  })
  expect((await sluis(['backlog'])).out).toMatch(/^No node has the role work since .*: start one\.$/m)
  await db.close()
  await database.drop()
  vi.unstubAllEnvs()
})
