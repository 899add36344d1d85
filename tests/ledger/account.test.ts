import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { brusselsDay } from '../../src/kernel/clock.ts'
import { account } from '../../src/ledger/account.ts'
import { settleAll } from '../support/aged.ts'
import { openLine, type Line } from '../support/line.ts'

let line: Line
const today = brusselsDay(new Date())
const days = { from: today, to: today }

beforeAll(async () => {
  line = await openLine()
  for (let n = 0; n < 5; n++) await line.acceptSample('rapid-test', n)
  await line.accept('{"no": "form"', 'broken')
})
afterAll(() => line.close())

test('what waits is counted as waiting, and the books balance', async () => {
  const books = await account(line.db, days)
  expect(books.balanced).toBe(true)
  expect(books.messages).toMatchObject([{ accepted: 6, read: 0, unreadable: 0, waiting: 6, differing: 0 }])
})

test('what is read, unreadable and passed is counted as such', async () => {
  await line.work()
  const books = await account(line.db, days)
  expect(books.balanced).toBe(true)
  expect(books.messages).toMatchObject([{ accepted: 6, read: 5, unreadable: 1, waiting: 0 }])
  expect(books.records.reduce((sum, l) => sum + l.read, 0)).toBe(5)
  expect(books.messages[0]!.acceptedHash).toBe(books.messages[0]!.accountedHash)
})

test('a message that vanished is a difference even when the counts are put right', async () => {
  // A second entry for one message and none for another: the sums agree, the sets do not.
  await line.db.query({
    text: `update entry set message = (select min(message) from entry where kind = 'read')
      where kind = 'read' and message = (select max(message) from entry where kind = 'read')`,
  })
  const books = await account(line.db, days)
  expect(books.messages[0]).toMatchObject({ accepted: 6, read: 5, unreadable: 1 })
  expect(books.balanced).toBe(false)
  expect(books.messages[0]!.differing).toBe(2)
})

test('so is a record, and a delivery, whose word was put at another one', async () => {
  const own = await openLine()
  onTestFinished(() => own.close())
  for (let n = 0; n < 3; n++) await own.acceptSample('rapid-test', n)
  await own.work()
  await settleAll(own.db)
  expect((await account(own.db, days)).balanced).toBe(true)
  const move = (column: 'record' | 'delivery', kind: string): Promise<unknown> =>
    own.db.query({
      text: `update entry set ${column} = (select min(${column}) from entry where kind = $1)
        where kind = $1 and ${column} = (select max(${column}) from entry where kind = $1)`,
      values: [kind],
    })
  await move('record', 'passed')
  const records = await account(own.db, days)
  expect(records).toMatchObject({ balanced: false, records: [{ read: 3, waiting: 0, differing: 2 }] })
  expect(records.deliveries).toMatchObject([{ owed: 3, acknowledged: 3, differing: 0 }])
  await move('delivery', 'owed')
  const { balanced, deliveries } = await account(own.db, days)
  expect(balanced).toBe(false)
  expect(deliveries).toMatchObject([{ owed: 3, acknowledged: 3, differing: 2 }])
})
