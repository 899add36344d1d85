import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { brusselsDay } from '../../src/kernel/clock.ts'
import { prefixOf, receiptNumber, sha256 } from '../../src/kernel/ids.ts'
import { account } from '../../src/ledger/account.ts'
import { keepRetention } from '../../src/ledger/retention.ts'
import { storeBatch } from '../../src/ledger/store-batch.ts'
import { insertMissing, settledAmong } from '../../src/store/spooled-missing.ts'
import { jsonLines, sluis } from '../commands/support.ts'
import { openAgedLine } from '../support/aged.ts'
import type { Line } from '../support/line.ts'

const day = 86_400_000
const days = { from: brusselsDay(new Date()), to: brusselsDay(new Date()) }

let line: Line
let period: string
beforeAll(async () => {
  ;({ line, period } = await openAgedLine())
  vi.stubEnv('DATABASE_URL', line.url)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await line.close()
})

const bytesOf = (id: string): Buffer => Buffer.from(`{"of": "${id}"}`)

/** Names the receipt of a message that a disk lost, given `daysAgo`. */
async function lose(id: string, daysAgo: number): Promise<string> {
  const { receipt } = receiptNumber(line.vault.keys.receipt, 1, id, sha256(bytesOf(id)))
  const spooledAt = new Date(Date.now() - daysAgo * day)
  await insertMissing(line.db, 'burnt', [
    { receipt, prefix: prefixOf(receipt), senderId: 1, spooledAt, refused: false },
  ])
  return receipt
}

const missing = async (): Promise<string[]> => (await account(line.db, days)).missing.map(({ receipt }) => receipt)

test('a lost message that comes again after another one under its id is missed no more', async () => {
  const receipt = await lose('rebuilt', 0)
  await line.accept('{"rebuilt": true}', 'rebuilt')
  expect(await missing()).toEqual([receipt])
  const [number, hash] = [
    receiptNumber(line.vault.keys.receipt, 1, 'rebuilt', sha256(bytesOf('rebuilt'))),
    bytesOf('rebuilt'),
  ]
  const again = {
    ...number,
    senderId: 1,
    messageId: 'rebuilt',
    service: 'eforms',
    format: 'eform-json',
    receivedAt: new Date(),
    sha256: sha256(hash),
    body: hash,
    traceparent: null,
  } as const
  expect(await storeBatch(line.db, line.vault, 'test', [again], 'stored')).toMatchObject([{ state: 'conflict' }])
  expect(await missing()).toEqual([])
})

test('a lost receipt keeps what was received in its time, and nothing else', async () => {
  // Of a day that goes much later: what is due is not held up by it.
  const today = await lose('today', 0)
  const receipt = await lose('of then', 40)
  expect(await missing()).toEqual([receipt, today])
  const waits = [`receipt ${receipt}, which node burnt has lost`]
  expect(await keepRetention(line.db, new Date())).toMatchObject([{ state: 'waits', for: waits }])
  expect(jsonLines(await sluis(['retention', '--json']))[0]).toContainEqual(
    expect.objectContaining({ service: 'eforms', waits: { period, for: waits } }),
  )
  expect((await sluis(['retention'])).out).toContain(`eforms ${period} is due and waits for: ${waits[0]}`)
})

test('one of which somebody says that it never comes is left out of the books, and its period goes', async () => {
  const [receipt, today] = await missing()
  expect(await sluis(['node', '--lost', receipt!])).toMatchObject({ code: 2 })
  const other = receiptNumber(line.vault.keys.receipt, 1, 'none', sha256(bytesOf('none'))).receipt
  expect(await sluis(['node', '--lost', other, '--reason', 'a try'])).toMatchObject({ code: 1 })

  const said = await sluis(['node', '--lost', receipt!, '--reason', 'the patient came again', '--by', 'Els', '--json'])
  expect(said.code).toBe(0)
  expect(jsonLines(said)[0]).toMatchObject([
    { receipt, node: 'burnt', settled: { actor: 'Els', why: 'the patient came again' } },
    { receipt: today, settled: null },
  ])
  expect(await sluis(['node', '--lost', receipt!, '--reason', 'again'])).toMatchObject({ code: 1 })
  expect((await sluis(['node'])).out).toContain('the patient came again')
  expect(await missing()).toEqual([today])
  expect(await keepRetention(line.db, new Date())).toMatchObject([{ state: 'closed', period: { period } }])
  await expect(line.db.query({ text: 'delete from lost_settled' })).rejects.toThrow()
})

test('a receipt that is given again after that is another matter, also when the first one is named once more', async () => {
  const receipt = await lose('again', 3)
  const settle = async (): Promise<void> => {
    expect(await sluis(['node', '--lost', receipt, '--reason', 'the patient came again', '--by', 'Els'])).toMatchObject(
      {
        code: 0,
      },
    )
  }
  const isMissed = async (): Promise<boolean> => (await missing()).includes(receipt)
  const refuse = (node: string, daysAgo: number): Promise<number> => {
    const spooledAt = new Date(Date.now() - daysAgo * day)
    return insertMissing(line.db, node, [{ receipt, prefix: prefixOf(receipt), senderId: 1, spooledAt, refused: true }])
  }
  await settle()
  expect(await isMissed()).toBe(false)
  await refuse('other', 2)
  await refuse('burnt', 3)
  expect(await isMissed()).toBe(true)
  expect(await settledAmong(line.db, [receipt])).toEqual(new Set())
  await settle()
  expect(await settledAmong(line.db, [receipt])).toEqual(new Set([receipt]))
  await lose('again', 1)
  expect(await isMissed()).toBe(true)
})
