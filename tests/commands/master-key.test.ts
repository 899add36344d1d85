import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openVault } from '../../src/ledger/vault.ts'
import { startHub } from '../../src/main.ts'
import { databaseOfFile } from '../support/database.ts'
import { temporaryFolder } from './support.ts'

const [ours, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const { db, url } = await databaseOfFile(1)
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(async () => {
  await folder.remove()
})

const start = (masterKey: Buffer) => {
  const env = { DATABASE_URL: url, SLUIS_MASTER_KEY: masterKey.toString('base64') }
  const quiet = { SLUIS_PROBE_SECONDS: '0', SLUIS_DRAIN_MS: '0', SLUIS_LOG: 'error' }
  return startHub(readConfig({ port: 0, mllpPort: 0, data: folder.path }, { ...env, ...quiet }), {}, () => undefined)
}
const rowsOf = async (table: 'data_key' | 'signing_key'): Promise<number> =>
  (await db.query({ text: `select from ${table}` })).rows.length

test('a wrong master key is found on a day that has no key yet, makes none, and the right one starts after it', async () => {
  await openVault(db, ours).forPeriod('eforms', new Date(Date.now() - 86_400_000))
  const wrong = await start(other)
  try {
    await expect(wrong.ready).rejects.toMatchObject({ code: 'master-key-differs' })
  } finally {
    await wrong.stop()
  }
  expect([await rowsOf('data_key'), await rowsOf('signing_key')]).toEqual([1, 0])
  const right = await start(ours)
  try {
    await right.ready
  } finally {
    await right.stop()
  }
  expect(await rowsOf('data_key')).toBeGreaterThan(1)
})
