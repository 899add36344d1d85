import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { askToken } from '../../src/access/ask-token.ts'
import { readConfig } from '../../src/config.ts'
import { openVault } from '../../src/ledger/vault.ts'
import { startHub } from '../../src/main.ts'
import { lineTo } from '../crash/town.ts'
import { fieldOf, frame, oru, talk } from '../hl7v2/line.ts'
import { databaseOfFile } from '../support/database.ts'
import { makeSender, registerClient, writeLetter } from '../support/sender.ts'
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

const start = (masterKey: Buffer, at = url) => {
  const env = { DATABASE_URL: at, SLUIS_MASTER_KEY: masterKey.toString('base64'), SLUIS_MLLP_LOOPBACK: '1' }
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

test('a wrong master key spools nothing while the database is away, in a folder whose own key knows the senders', async () => {
  const client = await registerClient(url)
  const { line, url: away } = await lineTo(url)
  onTestFinished(() => line.close())
  const lab = async (port: number | null): Promise<readonly (string | undefined)[]> => {
    const sender = talk(port ?? 0)
    onTestFinished(() => void sender.socket.destroy())
    sender.socket.write(frame(oru('one')))
    return (await sender.hear(1)).map((answer) => fieldOf(answer, 'MSA-1'))
  }
  const known = await start(ours, away)
  await known.ready
  const pharmacy = makeSender(client, [known.url])
  onTestFinished(() => pharmacy.close())
  expect((await pharmacy.post(writeLetter())).body.level).toBe('stored')
  expect(await lab(known.mllpPort)).toEqual(['AA'])
  await known.stop()

  await line.mode('refuse')
  const wrong = await start(other, away)
  expect(await askToken(wrong.url, client)).toMatchObject({ state: 'refused', code: 'client-unknown-now' })
  const held = await pharmacy.post(writeLetter(), wrong.url)
  expect(held).toMatchObject({ status: 401, body: { code: 'token-not-ours' } })
  expect(await lab(wrong.mllpPort)).toEqual([])
  expect(wrong.parts.spool.state()).toMatchObject({ frames: 0 })
  await line.mode('pass')
  await expect(wrong.ready).rejects.toMatchObject({ code: 'master-key-differs' })
  await wrong.stop()

  await line.mode('refuse')
  const right = await start(ours, away)
  expect((await pharmacy.post(writeLetter(), right.url)).body.level).toBe('spooled')
  expect(await lab(right.mllpPort)).toEqual(['AA'])
  await line.mode('pass')
  await right.ready
  await right.stop()
})
