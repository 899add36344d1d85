import { expect, test } from 'vitest'
import { databaseOfFile } from '../../tests/support/database.ts'
import { silentLog } from '../kernel/log.ts'
import type { Database } from '../store/connect.ts'
import { listNodes } from '../store/nodes.ts'
import { startHeartbeat } from './heartbeat.ts'

const { db } = await databaseOfFile()

test('the last sign of life says that the node stopped, also when the one before it is slow', async () => {
  const started = Promise.withResolvers<void>()
  const letGo = Promise.withResolvers<void>()
  let asked = 0
  const slow: Database = {
    ...db,
    query: async (statement) => {
      asked += 1
      if (asked === 1) {
        started.resolve()
        await letGo.promise
      }
      return db.query(statement)
    },
  }
  const fixed = { log: silentLog, name: 'a', folder: 'f', url: 'http://127.0.0.1:1', roles: ['work'], version: '1' }
  const heartbeat = startHeartbeat({ ...fixed, db: slow, facts: async () => ({}), draining: () => false })
  await started.promise
  const stopping = heartbeat.stop()
  await new Promise((resolve) => setTimeout(resolve, 100))
  letGo.resolve()
  await stopping
  await expect.poll(async () => (await listNodes(db)).map(({ state }) => state)).toEqual(['stopped'])
  // Whatever was under way has landed by now.
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect((await listNodes(db)).map(({ name, state }) => [name, state])).toEqual([['a', 'stopped']])
})
