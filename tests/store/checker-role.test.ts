import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../../src/store/connect.ts'
import { actAsChecker } from '../../src/store/verdicts.ts'
import { openLine, type Line } from '../support/line.ts'

let line: Line
beforeAll(async () => {
  line = await openLine()
  await line.acceptSample('rapid-test', 1)
  await line.work()
})
afterAll(() => line.close())

test.each([
  `update record set outcome = 'refused'`,
  `delete from record`,
  `update message set body = ''`,
  `delete from message`,
  `update entry set kind = 'read'`,
  `delete from verdict`,
  `truncate record`,
  `update record_eforms set outcome = 'refused'`,
])('the checker may not: %s', async (text) => {
  const attempt = inTransaction(line.db, async (tx) => {
    await actAsChecker(tx)
    await tx.query({ text })
  })
  await expect(attempt).rejects.toMatchObject({ code: '42501' })
})

test('the checker may read records', async () => {
  const count = await inTransaction(line.db, async (tx) => {
    await actAsChecker(tx)
    return (await tx.query<{ n: number }>({ text: 'select count(*) as n from record' })).rows[0]!.n
  })
  expect(count).toBe(1)
})
