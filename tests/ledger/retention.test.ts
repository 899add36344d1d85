import { afterAll, beforeAll, expect, test } from 'vitest'
import { brusselsDay } from '../../src/kernel/clock.ts'
import { account, type Account } from '../../src/ledger/account.ts'
import { keepRetention } from '../../src/ledger/retention.ts'
import { sealOnce, verifyChain } from '../../src/ledger/seal.ts'
import { trace } from '../../src/ledger/trace.ts'
import { findKeys } from '../../src/store/accept.ts'
import { recordOfUvci } from '../../src/store/console-trace.ts'
import { setRetention } from '../../src/store/retention.ts'
import { tallyLook } from '../../src/watch/figures.ts'
import { makeOlder, settleAll } from '../support/aged.ts'
import { openLine, type Line } from '../support/line.ts'

const day = 86_400_000
const days = { from: brusselsDay(new Date(Date.now() - 60 * day)), to: brusselsDay(new Date()) }

let line: Line
const receipts: string[] = []
const uvci = '01BEVLA1B2C3D4E5F6G7H8J9K0#2'
const periods: string[] = []
let before: Account

/** Two forms and some bytes nobody can read, taken `daysAgo`. */
async function aDay(daysAgo: number): Promise<void> {
  receipts.push(await line.acceptSample('rapid-test', receipts.length))
  receipts.push(await line.acceptSample('vaccination', receipts.length))
  receipts.push(await line.accept('{"no": "form"', `broken-${daysAgo}`))
  await line.work()
  await settleAll(line.db)
  if (daysAgo > 0) periods.push(await makeOlder(line.db, daysAgo))
}

async function sealAndTally(): Promise<void> {
  const unsealed = async (): Promise<number> => {
    await sealOnce(line.db)
    const { rows } = await line.db.query<{ n: number }>({
      text: `select (select count(*) from entry) + (select count(*) from closed_leaf)
        - (select coalesce(sum(entries), 0)::int8 from block) as n`,
    })
    return rows[0]!.n
  }
  await expect.poll(unsealed, { timeout: 10_000 }).toBe(0)
  await tallyLook.look(line.db)
}

const tables = async (): Promise<string[]> => {
  const { rows } = await line.db.query<{ name: string }>({
    text: `select relname as name from pg_class where relkind = 'r' and relname ~ '^(message|record|record_check|verdict|entry)_eforms_[0-9]'
      and substr(relname, length(relname) - 7) = any($1) order by 1`,
    values: [periods],
  })
  return rows.map((row) => row.name)
}

const keep = (daysKept: number | null) =>
  setRetention(line.db, { service: 'eforms', days: daysKept, actor: 'test', why: 'a test' })

beforeAll(async () => {
  line = await openLine()
  for (const daysAgo of [42, 41, 40, 0]) await aDay(daysAgo)
  before = await account(line.db, days)
})
afterAll(() => line.close())

test('nothing goes until somebody says how long it is kept', async () => {
  expect(before.balanced).toBe(true)
  expect(await keepRetention(line.db, new Date())).toEqual([])
  await keep(50)
  expect(await keepRetention(line.db, new Date())).toEqual([])
  expect(await tables()).toHaveLength(15)
})

test('a period waits while its entries are not sealed, or something of it is under way', async () => {
  await keep(30)
  const first = await keepRetention(line.db, new Date())
  // No entry is older than the oldest period, so that one needs no block; the next one does.
  expect(first).toMatchObject([
    { state: 'closed', period: { period: periods[0] } },
    { state: 'waits', period: { period: periods[1] }, for: ['its entries to be sealed'] },
  ])
  await sealAndTally()
  const state = (to: string, from: string) =>
    line.db.query({
      text: `update delivery set state = $1 where state = $2 and received_at < now() - interval '1 day'`,
      values: [to, from],
    })
  await state('waiting', 'acknowledged')
  expect(await keepRetention(line.db, new Date())).toMatchObject([{ state: 'waits', for: ['deliveries'] }])
  await state('acknowledged', 'waiting')
})

test('a period whose books do not balance stays', async () => {
  const mark = (kind: string, was: string) =>
    line.db.query({
      text: `update message_key set receipt = receipt, message = message ${kind} where receipt = $1`,
      values: [was],
    })
  await mark('+ 1000000', receipts[3]!)
  expect(await keepRetention(line.db, new Date())).toMatchObject([{ state: 'waits', for: ['its books to balance'] }])
  await mark('- 1000000', receipts[3]!)
})

test('a period with an entry that was changed after sealing stays', async () => {
  const rename = (actor: string, was: string) =>
    line.db.query({
      text: `update entry set actor = $1 where actor = $2 and at < now() - interval '41 days' - interval '12 hours'`,
      values: [actor, was],
    })
  const { rowCount } = await rename('hub:other', 'hub:test')
  expect(rowCount).toBeGreaterThan(0)
  expect(await keepRetention(line.db, new Date())).toMatchObject([{ state: 'waits', for: ['block 1 to be as sealed'] }])
  await rename('hub:test', 'hub:other')
})

test('what is settled and past its retention goes with its key, and the books say the same as before', async () => {
  await line.db.query({
    text: `insert into rule_refusal (record, service, received_at, message, sender_id, form_kind, faults, refused)
      select id, service, received_at, message, sender_id, form_kind, '{code-expired}', false from record`,
  })
  await line.db.query({
    text: `insert into certificate (record, message, service, received_at, delivery, uvci, hc1, data_key, hash_uci, hash_signature,
        issued_at, expires_at)
      select record, message, service, received_at, id, $2, '', 1, '', '', received_at, now() from delivery where receipt = $1`,
    values: [receipts[3], uvci],
  })
  expect(await recordOfUvci(line.db, uvci)).toEqual({ receipt: receipts[3], ordinal: 0 })
  expect(await keepRetention(line.db, new Date())).toMatchObject([
    { state: 'closed', period: { period: periods[1] } },
    { state: 'closed', period: { period: periods[2] } },
  ])
  // Entries stay one period longer.
  expect(await tables()).toEqual([`entry_eforms_${periods[2]}`])
  const { rows } = await line.db.query({ text: `select 1 from data_key where period = any($1)`, values: [periods] })
  expect(rows).toEqual([])
  // What senders were told of a rule that refused their records goes with the records.
  const told = await line.db.query({
    text: `select received_at > now() - interval '1 day' as today, count(*)::int from rule_refusal group by 1`,
  })
  expect(told.rows).toEqual([{ today: true, count: 2 }])
  const after = await account(line.db, days)
  expect(after).toEqual(before)
  expect((await account(line.db, { from: days.to, to: days.to })).messages).toMatchObject([{ accepted: 3 }])
})

test('the chain holds over what is gone, and still finds a change in what is left', async () => {
  const chain = await verifyChain(line.db, 'eforms')
  expect(chain.broken).toEqual([])
  await line.db.query({
    text: `update entry set actor = 'hub:other' where kind = 'acknowledged' and at > now() - interval '1 day'`,
  })
  expect((await verifyChain(line.db, 'eforms')).broken.length).toBeGreaterThan(0)
  await line.db.query({ text: `update entry set actor = 'hub:test' where actor = 'hub:other'` })
})

test('a receipt whose contents are gone is told as such, and its sender gets the same receipt again', async () => {
  await expect(trace(line, receipts[0]!)).rejects.toMatchObject({ code: 'content-destroyed' })
  expect(await trace(line, receipts.at(-1)!)).toMatchObject({ state: 'message' })
  const { rows } = await line.db.query<{ prefix: string; senderId: number; messageId: string }>({
    text: `select prefix::text as prefix, sender_id as "senderId", message_id as "messageId" from message_key where receipt = $1`,
    values: [receipts[0]],
  })
  expect(await findKeys(line.db, rows)).toMatchObject([{ receipt: receipts[0] }])
})

test('so is the number of a certificate, and one that was never given is not known', async () => {
  const key = `eforms ${periods[1]}`
  await expect(recordOfUvci(line.db, uvci)).rejects.toMatchObject({ code: 'content-destroyed', params: { key } })
  expect(await recordOfUvci(line.db, `${uvci}0`)).toBeNull()
})

test('what comes later with a time of a closed period is kept and counted', async () => {
  const late = await line.acceptSample('rapid-test', receipts.length)
  await line.work()
  await settleAll(line.db)
  const ofMessage = 'message = (select message from message_key where receipt = $1)'
  const ofRecord = `record in (select id from record where ${ofMessage})`
  const rows = [
    ['message', 'receipt = $1'],
    ['record_check', ofRecord],
    ['record', ofMessage],
    ['entry', ofMessage],
    ['delivery', ofMessage],
    ['message_key', 'receipt = $1'],
  ]
  for (const [table, which] of rows) {
    const text = `update ${table} set received_at = received_at - interval '41 days' where ${which}`
    await line.db.query({ text, values: [late] })
  }
  const books = await account(line.db, days)
  expect(books.balanced).toBe(true)
  const accepted = ({ messages }: Account): number => messages.reduce((sum, one) => sum + one.accepted, 0)
  expect(accepted(books)).toBe(accepted(before) + 1)
})
