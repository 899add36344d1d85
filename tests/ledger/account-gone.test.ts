import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { describeAccount } from '../../src/commands/shared/describe-account.ts'
import { brusselsDay, systemClock } from '../../src/kernel/clock.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { account, type Account } from '../../src/ledger/account.ts'
import { keepRetention } from '../../src/ledger/retention.ts'
import { newestClosed, setRetention } from '../../src/store/retention.ts'
import { differences } from '../../src/watch/differences.ts'
import { retentionLook } from '../../src/watch/retention.ts'
import { makeOlder, settleAll } from '../support/aged.ts'
import { openLine, type Line } from '../support/line.ts'

let line: Line
const day = 86_400_000
const days = { from: brusselsDay(new Date(Date.now() - 60 * day)), to: brusselsDay(new Date()) }
const books = (): Promise<Account> => account(line.db, days)
const accepted = ({ messages }: Account): number => messages.reduce((sum, one) => sum + one.accepted, 0)

beforeAll(async () => {
  line = await openLine()
  for (let n = 0; n < 3; n++) await line.acceptSample('rapid-test', n)
  await line.work()
  await settleAll(line.db)
  await line.acceptSample('rapid-test', 3)
})
afterAll(() => line.close())
afterEach(() => vi.restoreAllMocks())

/** The books while rows are gone, which come back. */
async function without(...gone: readonly (readonly [table: string, which: string])[]): Promise<Account> {
  for (const [table, which] of gone) {
    await line.db.query({ text: `create table saved_${table} as select * from ${table} where ${which}` })
    expect((await line.db.query({ text: `delete from ${table} where ${which}` })).rowCount).toBe(1)
  }
  const found = await books()
  for (const [table] of gone) {
    await line.db.query({ text: `insert into ${table} select * from saved_${table}` })
    await line.db.query({ text: `drop table saved_${table}` })
  }
  expect((await books()).balanced).toBe(true)
  return found
}

const oneOf = (which: string): string => `id = (select ${which}(id) from message)`

test('a message that is gone is a difference, also while it waits to be read', async () => {
  const read = await without(['message', oneOf('min')])
  expect(read.balanced).toBe(false)
  expect(read.messages).toMatchObject([{ accepted: 4, read: 2, waiting: 1, differing: 1, gone: 1 }])
  expect(describeAccount(read, null, false)).toContain('DIFFERS by 1, 1 of it gone: ')
  expect(differences(read)).toMatchObject([{ kind: 'books-differ', detail: { lines: [{ of: 'messages', gone: 1 }] } }])

  const waiting = await without(['message', oneOf('max')])
  expect(waiting.messages).toMatchObject([{ accepted: 4, read: 3, waiting: 0, differing: 1, gone: 1 }])
  expect(waiting.balanced).toBe(false)
})

test('a message of which only the entries are left is a difference', async () => {
  const found = await without(['message_key', 'message = (select min(id) from message)'], ['message', oneOf('min')])
  expect(found.balanced).toBe(false)
  expect(found.messages).toMatchObject([{ accepted: 4, read: 2, differing: 1, gone: 1 }])
})

test('a record that is gone is a difference: its message was read into more', async () => {
  const found = await without(['record', 'id = (select min(id) from record)'])
  expect(found.balanced).toBe(false)
  expect(found.records).toContainEqual(
    expect.objectContaining({ formKind: 'not known', read: 1, passed: 0, differing: 1, gone: 1 }),
  )
  expect(differences(found)).toMatchObject([{ kind: 'books-differ', detail: { lines: [{ of: 'records', gone: 1 }] } }])
})

test('a record that is gone beside one nobody promised is a difference, though there are as many', async () => {
  const other = `(select * from record where id = (select max(id) from record))`
  await line.db.query({ text: `create table extra as select * from ${other}` })
  await line.db.query({ text: `update extra set id = -1` })
  await line.db.query({ text: 'insert into record select * from extra' })
  // It has all that a record has which passed.
  const { rowCount } = await line.db.query({
    text: `insert into entry (service, at, message, received_at, record, sender_id, kind, actor, detail)
      select service, at, message, received_at, -1, sender_id, kind, actor, detail from entry
      where kind = 'passed' and record = (select max(id) from record)`,
  })
  expect(rowCount).toBe(1)
  try {
    const gone = `id = (select min(id) from record where id > 0)`
    await line.db.query({ text: `create table lost as select * from record where ${gone}` })
    await line.db.query({ text: `delete from record where ${gone}` })
    const found = await books()
    expect(found.balanced).toBe(false)
    const [one] = found.records.filter(({ formKind }) => formKind === 'not known')
    expect(one).toMatchObject({ read: 1, passed: 0, withheld: 0, refused: 0, waiting: 0, differing: 1, gone: 1 })
    expect(one!.readHash).not.toBe(one!.accountedHash)
    await line.db.query({ text: 'insert into record select * from lost' })
  } finally {
    await line.db.query({ text: 'delete from record where id = -1' })
    await line.db.query({ text: 'alter table entry disable trigger all' })
    await line.db.query({ text: 'delete from entry where record = -1' })
    await line.db.query({ text: 'alter table entry enable trigger all' })
  }
  expect((await books()).balanced).toBe(true)
})

test('retention closes no period a message of which is gone, looks again seldom, and misses nothing it closed itself', async () => {
  await line.work()
  await settleAll(line.db)
  const before = accepted(await books())
  await makeOlder(line.db, 40)
  await setRetention(line.db, { service: 'eforms', days: 30, actor: 'test', why: 'a test' })
  await line.db.query({ text: `create table saved as select * from message where ${oneOf('min')}` })
  await line.db.query({ text: `delete from message where ${oneOf('min')}` })
  expect(await keepRetention(line.db, new Date())).toMatchObject([{ state: 'waits', for: ['its books to balance'] }])
  const ticks = vi.spyOn(performance, 'now').mockReturnValue(1_000)
  const look = retentionLook(systemClock, silentLog)
  await look.look(line.db)
  await line.db.query({ text: 'insert into message select * from saved' })
  // To work out the books every minute for what only a person mends would cost as much as the hub's own look at them.
  ticks.mockReturnValue(1_000 + 120_000)
  await look.look(line.db)
  expect(await newestClosed(line.db)).toEqual([])
  ticks.mockReturnValue(1_000 + 660_000)
  await look.look(line.db)
  expect(await newestClosed(line.db)).toHaveLength(1)
  const after = await books()
  expect([after.balanced, accepted(after)]).toEqual([true, before])
})
