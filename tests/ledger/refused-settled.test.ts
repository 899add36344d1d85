import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { brusselsDay } from '../../src/kernel/clock.ts'
import { receiptNumber, sha256 } from '../../src/kernel/ids.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { startAccepting, type Accepting } from '../../src/ledger/accept.ts'
import { account } from '../../src/ledger/account.ts'
import { makeBell } from '../../src/ledger/bell.ts'
import { lostMessage } from '../../src/ledger/lost-receipts.ts'
import { keepRetention } from '../../src/ledger/retention.ts'
import type { SpooledMessage } from '../../src/ledger/spool/message.ts'
import { openSpool, type Spool } from '../../src/ledger/spool/spool.ts'
import { signOfLife } from '../../src/store/nodes.ts'
import { rollCall } from '../../src/watch/watch.ts'
import { jsonLines, sluis } from '../commands/support.ts'
import { openAgedLine } from '../support/aged.ts'
import type { Line } from '../support/line.ts'

const days = { from: brusselsDay(new Date()), to: brusselsDay(new Date()) }

let line: Line
let folder: string
let spool: Spool
let accepting: Accepting
let receipts: readonly string[]
let settled: SpooledMessage

/** A node with messages in its spool that the database refuses for what they are, and a period that is due. */
beforeAll(async () => {
  ;({ line } = await openAgedLine())
  vi.stubEnv('DATABASE_URL', line.url)

  folder = await mkdtemp(join(tmpdir(), 'refused-'))
  spool = await openSpool({
    folder,
    journalFolder: null,
    key: line.vault.keys.spool,
    limitBytes: 1 << 20,
    limitAgeMs: 3_600_000,
    log: silentLog,
  })
  const messages = ['settled', 'taken later'].map((messageId) => {
    const body = Buffer.from(`{"of": "${messageId}"}`)
    const number = receiptNumber(line.vault.keys.receipt, 1, messageId, sha256(body))
    const head = { senderId: 1, messageId, service: 'eforms', format: 'eform-json', receivedAt: new Date() } as const
    return { ...number, ...head, sha256: sha256(body), body, traceparent: null }
  })
  settled = messages[0]!
  receipts = messages.map(({ receipt }) => receipt)
  await refuse(receipts)
  for (const message of messages) await spool.append(message)
  const fixed = { bell: makeBell(), node: 'a', log: silentLog, now: () => new Date(), asideMilliseconds: 100 }
  accepting = startAccepting({ db: line.db, vault: line.vault, spool, ...fixed })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await accepting.stop()
  await line.close()
  await rm(folder, { recursive: true })
})

/** Makes the database refuse messages of these receipts, and no others. */
async function refuse(those: readonly string[]): Promise<void> {
  await line.db.query({ text: 'alter table message drop constraint if exists poison' })
  const list = those.map((receipt) => `'${receipt}'`).join(', ')
  await line.db.query({ text: `alter table message add constraint poison check (receipt not in (${list})) not valid` })
}

const beat = (): Promise<void> => {
  const { frames, setAside, setAsideSince } = spool.state()
  const facts = { spoolFrames: frames, spoolAside: setAside, spoolAsideSince: setAsideSince?.toISOString() ?? null }
  const node = { name: 'a', url: 'http://127.0.0.1:1', roles: ['web'], version: '1', state: 'up', facts } as const
  return signOfLife(line.db, node, new Date())
}
const missing = async () => (await account(line.db, days)).missing

test('what the database refuses is told with since when, is missed by the books, and holds back what is due', async () => {
  await expect.poll(() => spool.state(), { timeout: 10_000 }).toMatchObject({ frames: 0, setAside: 2 })
  await beat()
  const since = spool.state().setAsideSince!.toISOString()
  expect(await rollCall.look(line.db)).toEqual([{ kind: 'spool-aside', scope: 'a', detail: { messages: 2, since } }])
  await expect.poll(missing, { timeout: 10_000 }).toHaveLength(2)
  expect(await missing()).toMatchObject(receipts.map((receipt) => ({ receipt, node: 'a', refused: true })))
  expect(await keepRetention(line.db, new Date())).toMatchObject([
    { state: 'waits', for: ['node a, which keeps messages that the database refused'] },
  ])
  const said = await sluis(['node'])
  expect(said.out).toContain(receipts[0])
  expect(jsonLines(await sluis(['node', '--json']))[0]).toMatchObject([{ name: 'a', spooled: 2, refusedSince: since }])
  // Its node still has it.
  expect(await lostMessage(line.db, receipts[0]!)).toBeNull()
})

test('one that the database takes after all is missed no more', async () => {
  await refuse([receipts[0]!])
  await expect.poll(() => spool.state().setAside, { timeout: 10_000 }).toBe(1)
  expect((await missing()).map(({ receipt }) => receipt)).toEqual([receipts[0]])
})

test('one of which somebody says that it never comes leaves the disk, and what is due goes', async () => {
  const settle = ['node', '--lost', receipts[0]!, '--reason', 'sent again as 7', '--by', 'Els', '--json']
  const said = await sluis(settle)
  expect(said.code).toBe(0)
  expect(jsonLines(said)[0]).toMatchObject([
    { receipt: receipts[0], node: 'a', refused: true, settled: { actor: 'Els', why: 'sent again as 7' } },
  ])
  await expect.poll(() => spool.state().setAside, { timeout: 10_000 }).toBe(0)
  expect(spool.state().setAsideSince).toBeNull()
  await beat()
  expect(await missing()).toEqual([])
  expect(await rollCall.look(line.db)).toEqual([])
  expect(await keepRetention(line.db, new Date())).toMatchObject([{ state: 'closed' }])
  expect(await lostMessage(line.db, receipts[0]!)).toMatchObject({ error: { code: 'message-lost' } })
})

test('the same message taken and refused again afterwards is a new matter', async () => {
  await spool.setAside({ ...settled, receivedAt: new Date() })
  await expect
    .poll(async () => (await missing()).map(({ receipt }) => receipt), { timeout: 10_000 })
    .toEqual(receipts.slice(0, 1))
  // Rounds go by meanwhile, each of which offers it.
  await sleep(500)
  expect(spool.state().setAside).toBe(1)
  const again = ['node', '--lost', receipts[0]!, '--reason', 'the same again', '--by', 'Els']
  expect(await sluis(again)).toMatchObject({ code: 0 })
  await expect.poll(() => spool.state().setAside, { timeout: 10_000 }).toBe(0)
  expect(await missing()).toEqual([])
})
