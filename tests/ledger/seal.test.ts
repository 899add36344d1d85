import { afterAll, beforeAll, expect, test } from 'vitest'
import { sealOnce, verifyChain } from '../../src/ledger/seal.ts'
import { inTransaction } from '../../src/store/connect.ts'
import { insertEntries } from '../../src/store/entries.ts'
import { openLine, type Line } from '../support/line.ts'

let line: Line
beforeAll(async () => {
  line = await openLine()
  for (let n = 0; n < 6; n++) await line.acceptSample('rapid-test', n)
  await line.work()
})
afterAll(() => line.close())

/** Seals until every entry is in a block; transactions of other databases on the server hold the snapshot up for moments. */
async function sealAll(): Promise<void> {
  const unsealed = async (): Promise<number> => {
    await sealOnce(line.db)
    const { rows } = await line.db.query<{ n: number }>({
      text: `select (select count(*) from entry) - (select coalesce(sum(entries), 0)::int8 from block) as n`,
    })
    return rows[0]!.n
  }
  await expect.poll(unsealed, { timeout: 10_000 }).toBe(0)
}

test('sealed entries verify, block after block', async () => {
  await sealAll()
  await line.acceptSample('vaccination', 100)
  await sealAll()
  const verdict = await verifyChain(line.db, 'eforms')
  expect(verdict.broken).toEqual([])
  expect(verdict.blocks).toBeGreaterThanOrEqual(2)
})

test('an entry that commits late is sealed late, never skipped', async () => {
  const late = inTransaction(line.db, async (tx) => {
    await insertEntries(tx, 'eforms', [
      {
        message: 1,
        receivedAt: new Date(),
        record: null,
        delivery: null,
        senderId: 1,
        kind: 'urgent',
        actor: 'test',
        tell: false,
        detail: { late: true },
      },
    ])
    await line.acceptSample('rapid-test', 200)
    await sealOnce(line.db)
    return (await verifyChain(line.db, 'eforms')).entries
  })
  const before = await late
  await sealAll()
  const after = await verifyChain(line.db, 'eforms')
  // Both the late entry and the one behind it are in the chain now.
  expect(after.entries).toBe(before + 2)
  expect(after.broken).toEqual([])
})

test('a changed entry names its block', async () => {
  // Which block it went into depends on what other databases of the server held up.
  const { rows } = await line.db.query<{ number: number }>({
    text: `with changed as (
        update entry set detail = '{"format":"other"}'
        where kind = 'read' and id = (select min(id) from entry where kind = 'read') returning service, xid, id
      )
      select b.number from changed c join block b on b.service = c.service
        and (c.xid, c.id) >= (b.from_xid, b.from_id) and (c.xid, c.id) <= (b.to_xid, b.to_id)`,
  })
  expect(rows).toHaveLength(1)
  expect((await verifyChain(line.db, 'eforms')).broken).toEqual(rows.map(({ number }) => number))
})

test('a block that lost all its entries is broken', async () => {
  await line.db.query({
    text: `delete from entry e using block b where b.number = 2 and b.service = 'eforms' and e.service = 'eforms'
      and (e.xid, e.id) >= (b.from_xid, b.from_id) and (e.xid, e.id) <= (b.to_xid, b.to_id)`,
  })
  expect((await verifyChain(line.db, 'eforms')).broken).toContain(2)
})
