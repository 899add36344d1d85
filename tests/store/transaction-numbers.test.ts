import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openDatabase } from '../../src/hub/database.ts'
import { sealOnce } from '../../src/ledger/seal.ts'
import { sluis, temporaryFolder } from '../commands/support.ts'
import { lineKey, openLine, type Line } from '../support/line.ts'

let line: Line
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  line = await openLine()
  folder = await temporaryFolder()
  vi.stubEnv('DATABASE_URL', line.url)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await line.close()
  await folder.remove()
})

const start = () =>
  openDatabase({ databaseUrl: line.url, dataFolder: folder.path, masterKey: lineKey }, () => undefined)
const doctor = async (): Promise<string | undefined> =>
  (await sluis(['doctor', '--data', folder.path])).out.split('\n').find((one) => one.includes('transactions'))

test('a database that counts on from what it holds is good', async () => {
  await (await start()).stop()
  await line.acceptSample('rapid-test', 0)
  await line.work()
  await sealOnce(line.db)
  await (await start()).stop()
  expect(await doctor()).toMatch(/^good {2}transactions: count on/)
})

/** 9,000,000,000 is in the third stretch of four thousand million. */
test.each([
  [
    'an entry',
    `insert into entry (xid, service, message, received_at, sender_id, kind, actor)
      values ('9000000000', 'gfd', 1, now(), 1, 'accepted', 'test')`,
    `delete from entry where xid = '9000000000'`,
  ],
  [
    'a block',
    `insert into block (service, number, from_xid, from_id, to_xid, to_id, entries, root, previous, head)
      values ('lab', 7, '9000000000', 1, '9000000000', 2, 2, '', '', '')`,
    `delete from block where service = 'lab'`,
  ],
])('a copy whose transactions begin below %s is refused with the remedy', async (_, ahead, takeBack) => {
  await line.db.query({ text: ahead })
  const params = { highest: '9000000000', epoch: '3', next: expect.stringMatching(/^\d{3,9}$/) as string }
  await expect(start()).rejects.toMatchObject({ code: 'transactions-behind', params })
  const said = await sluis(['doctor', '--data', folder.path])
  expect(said.code).toBe(1)
  expect(said.out).toMatch(/^bad {3}transactions: .* goes up to 9000000000.*\n.*pg_resetwal --epoch=3/m)
  await line.db.query({ text: takeBack })
  await (await start()).stop()
})
