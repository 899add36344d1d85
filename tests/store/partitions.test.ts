import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeLog } from '../../src/kernel/log.ts'
import { receiptNumber, sha256 } from '../../src/kernel/ids.ts'
import { storeBatch, type Outcome } from '../../src/ledger/store-batch.ts'
import { inTransaction } from '../../src/store/connect.ts'
import { migrateUp } from '../../src/store/migrate.ts'
import { ensurePartitions, periodOf, wantedPartitions } from '../../src/store/partitions.ts'
import { actAsChecker } from '../../src/store/verdicts.ts'
import { partitionsLook } from '../../src/watch/watch.ts'
import { openLine, type Line } from '../support/line.ts'

let line: Line
beforeAll(async () => {
  line = await openLine()
})
afterAll(() => line.close())

const now = Date.now()
const inDays = (days: number): Date => new Date(now + days * 86_400_000)

async function store(messageId: string, receivedAt: Date): Promise<Outcome> {
  const body = Buffer.from(`{"number":"${messageId}"}`)
  const hash = sha256(body)
  const head = { senderId: 1, messageId, service: 'eforms', format: 'eform-json', traceparent: null } as const
  const number = receiptNumber(line.vault.keys.receipt, 1, messageId, hash)
  const [outcome] = await storeBatch(
    line.db,
    line.vault,
    'test',
    [{ ...head, ...number, receivedAt, sha256: hash, body }],
    'stored',
  )
  return outcome!
}

async function placesOf(table: 'message' | 'entry', where: string): Promise<string[]> {
  const text = `select tableoid::regclass::text as place from ${table} where ${where}`
  return (await line.db.query<{ place: string }>({ text })).rows.map(({ place }) => place)
}

test('what came before its partition was there moves into it, and the others are made', async () => {
  expect(await store('early', inDays(3))).toMatchObject({ state: 'accepted', repeated: false })
  await line.db.query({
    text: `insert into entry (service, at, message, received_at, sender_id, kind, actor)
      values ('eforms', $1, 77, $1, 1, 'received', 'test')`,
    values: [inDays(3)],
  })
  const entryText = 'select id, xid::text as xid, at from entry where message = 77'
  const before = (await line.db.query({ text: entryText })).rows
  expect(await placesOf('message', `message_id = 'early'`)).toEqual(['message_eforms_other'])

  const { made, unmade } = await ensurePartitions(line.db, inDays(1))
  expect(unmade).toEqual([])
  expect(made).toBeGreaterThanOrEqual(10)
  const day = periodOf('eforms', inDays(3))
  expect(await placesOf('message', `message_id = 'early'`)).toEqual([`message_eforms_${day}`])
  expect(await placesOf('entry', 'message = 77')).toEqual([`entry_eforms_${day}`])
  expect((await line.db.query({ text: entryText })).rows).toEqual(before)
  expect(await store('early', inDays(3))).toMatchObject({ state: 'accepted', repeated: true })
  expect(await ensurePartitions(line.db, inDays(1))).toEqual({ made: 0, unmade: [] })
})

test('a partition made apart has all its table has, and the checker may do there what it may do in the table', async () => {
  const { rows } = await line.db.query<{ table: string; own: number; attached: number }>({
    text: `select c.relname as table, count(*)::int as own, count(h.inhrelid)::int as attached from pg_class c
        join pg_index i on i.indrelid = c.oid left join pg_inherits h on h.inhrelid = i.indexrelid
      where c.relname = any($1) group by 1`,
    values: [wantedPartitions(inDays(1)).map(({ table }) => table)],
  })
  const { rows: parents } = await line.db.query<{ parent: string; own: number }>({
    text: `select relname as parent, count(*)::int as own from pg_class c join pg_index i on i.indrelid = c.oid
      where relkind = 'p' group by 1`,
  })
  for (const { table, parent } of wantedPartitions(inDays(1))) {
    const own = parents.find((each) => each.parent === parent)!.own
    expect(rows.find((each) => each.table === table)).toEqual({ table, own, attached: own })
  }
  const asChecker = (text: string): Promise<unknown> =>
    inTransaction(line.db, async (tx) => {
      await actAsChecker(tx)
      return (await tx.query({ text })).rows
    })
  expect(await asChecker(`select message_id from message where received_at > now() + interval '2 days'`)).toEqual([
    { message_id: 'early' },
  ])
  const direct = `delete from message_eforms_${periodOf('eforms', inDays(3))}`
  await expect(asChecker(direct)).rejects.toMatchObject({ code: '42501' })
})

test('behind a long reader nothing is made, nobody waits for it, and the next call makes all', async () => {
  const reader = await line.db.pool.connect()
  let waited = 0
  try {
    await reader.query('begin')
    await reader.query('select 1 from message limit 1')
    let over = false
    const ensuring = ensurePartitions(line.db, inDays(20)).finally(() => (over = true))
    for (let n = 0; !over; n += 1) {
      const began = performance.now()
      await Promise.race([store(`beside-${n}`, inDays(0)), new Promise((resolve) => setTimeout(resolve, 3_000))])
      waited = Math.max(waited, performance.now() - began)
      if (waited >= 3_000) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(waited).toBeLessThan(1_500)
    const { made, unmade } = await ensuring
    expect(made).toBeGreaterThan(10)
    expect(unmade.map(({ parent }) => parent)).toContain('message_eforms')
    expect(unmade.every(({ parent }) => parent.startsWith('message_'))).toBe(true)
  } finally {
    await reader.query('commit')
    reader.release()
  }
  expect((await ensurePartitions(line.db, inDays(20))).unmade).toEqual([])
})

test('one that cannot be made keeps no node from starting and no other from being made, and is told', async () => {
  const table = `message_gfd_${periodOf('gfd', inDays(0))}`
  await line.db.query({ text: `drop table ${table}, message_lab_${periodOf('lab', inDays(0))}` })
  await line.db.query({ text: `create view ${table} as select 1 as taken` })
  const said: string[] = []
  expect(await migrateUp(line.db, (words) => said.push(words))).toEqual([])
  expect(said).toEqual([expect.stringContaining(`partition ${table} could not be made now (42P07)`)])
  expect(await ensurePartitions(line.db, new Date())).toMatchObject({ made: 0, unmade: [{ table }] })
  const told: unknown[] = []
  const log = makeLog('warn', {}, (text) => told.push(JSON.parse(text)))
  expect(await partitionsLook(log).look(line.db)).toEqual([])
  expect(told).toMatchObject([{ level: 'error', event: 'partition-missing', table, errorCode: '42P07' }])
})
