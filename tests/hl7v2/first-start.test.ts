import { afterAll, beforeAll, expect, test } from 'vitest'
import { askToken } from '../../src/access/ask-token.ts'
import { makeClient } from '../../src/access/clients.ts'
import { readConfig } from '../../src/config.ts'
import { startHub, type Hub } from '../../src/main.ts'
import { connect, type Database } from '../../src/store/connect.ts'
import { temporaryFolder } from '../commands/support.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { fieldOf, frame, oru, talk } from './line.ts'

let database: TestDatabase
let owner: Database
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let hub: Hub | undefined
let letGo: () => Promise<unknown> = () => Promise.resolve()

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connect({ url: database.url, connections: 2 })
  folder = await temporaryFolder()
})
afterAll(async () => {
  // If the test did not: the hub could not stop.
  await letGo()
  await hub?.stop()
  await owner.close()
  await database.drop()
  await folder.remove()
})

/** Everything that is answered to one message on a line of its own. */
async function send(id: string): Promise<readonly string[]> {
  const sender = talk(hub!.mllpPort ?? 0)
  sender.socket.write(frame(oru(id)))
  const answers = await sender.hear(1)
  sender.socket.end()
  return answers
}

test('at a first start nobody whom the node knows by its own files is told that he is a stranger', async () => {
  const client = await makeClient('pharmacy')
  const registration = { clientId: client.clientId, name: 'Apotheek', kind: 'pharmacy', publicJwks: [client.publicJwk] }
  const env = {
    ...process.env,
    DATABASE_URL: database.url,
    SLUIS_DATA: folder.path,
    SLUIS_LOG: 'error',
    SLUIS_MLLP_LOOPBACK: '1',
    SLUIS_PROBE_SECONDS: '0',
  }
  const holder = await owner.pool.connect()
  // Senders can be looked up and not be made known: the start stands between its door and its introductions.
  letGo = () => holder.query('rollback').finally(() => holder.release())
  await holder.query('begin')
  await holder.query('lock table sender in share mode')
  hub = await startHub(readConfig({ port: 0, mllpPort: 0 }, env), { senders: [registration] }, () => undefined)
  const stands = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(async () => (await owner.pool.query(stands)).rows.length, { timeout: 20_000 }).toBeGreaterThan(0)

  expect(await send('early')).toEqual([])
  expect(await askToken(hub.url, client)).toMatchObject({ state: 'refused', code: 'client-unknown-now' })

  await letGo()
  letGo = () => Promise.resolve()
  await hub.ready
  expect((await send('early')).map((answer) => fieldOf(answer, 'MSA-1'))).toEqual(['AA'])
  expect(await askToken(hub.url, client)).toMatchObject({ state: 'given' })
  const stranger = await makeClient('stranger')
  expect(await askToken(hub.url, stranger)).toMatchObject({ state: 'refused', code: 'client-unknown' })
})
