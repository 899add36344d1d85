import { expect, onTestFinished, test } from 'vitest'
import { trace } from '../../src/ledger/trace.ts'
import type { Database } from '../../src/store/connect.ts'
import { openLine } from '../support/line.ts'

/** The same database, on which `between` happens once, right after the statement of that name. */
function interrupted(db: Database, name: string, between: () => Promise<void>): Database {
  let happened = false
  const connect = async () => {
    const client = await db.pool.connect()
    const query = client.query.bind(client) as (config: { name?: string }) => Promise<unknown>
    const patched = async (config: { name?: string }): Promise<unknown> => {
      const answer = await query(config)
      if (config.name === name && !happened) {
        happened = true
        await between()
      }
      return answer
    }
    return new Proxy(client, {
      get: (target, key) => {
        if (key === 'query') return patched
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    })
  }
  const pool = new Proxy(db.pool, {
    get: (target, key) => (key === 'connect' ? connect : (Reflect.get(target, key) as unknown)),
  })
  return { ...db, pool }
}

test('a message that is read while it is traced is traced as it was: never read, and without records', async () => {
  const line = await openLine()
  onTestFinished(() => line.close())
  const receipt = await line.acceptSample('rapid-test', 1)
  let worked = false
  const db = interrupted(line.db, 'records-of-message', async () => {
    await line.work()
    worked = true
  })
  expect(await trace({ db, vault: line.vault }, receipt)).toMatchObject({ reading: 'waiting', records: [] })
  expect(worked).toBe(true)
  expect(await trace(line, receipt)).toMatchObject({ reading: 'read', records: [{ kind: 'rapid-test' }] })
})
