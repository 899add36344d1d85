import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseCursor, statusFeed } from '../../src/ledger/status-feed.ts'
import { openLine, type Line } from '../support/line.ts'

let line: Line
beforeAll(async () => {
  line = await openLine()
})
afterAll(() => line.close())

/** Entries of transactions long ago, whose numbers have one to three digits. */
const transactions = [8, 9, 10, 11, 99, 100, 101, 110]

test.each([1, 2, 3, 5, 1_000])('a reader that takes %i at a time is told everything once, in order', async (limit) => {
  const senderId = 7_000 + limit
  for (const [id, xid] of transactions.entries())
    await line.db.query({
      text: `insert into entry (xid, id, service, message, received_at, sender_id, kind, actor, tell)
        values ($1::xid8, $2, 'eforms', 1, now(), $3, 'refused-by-destination', 'hub:test', true)`,
      values: [String(xid), limit * 100 + id, senderId],
    })
  const told: number[] = []
  for (let next = ''; told.length < 2 * transactions.length;) {
    const page = await statusFeed(line.db, senderId, parseCursor(next)!, limit)
    if (page.events.length === 0) break
    told.push(...page.events.map((event) => Number(event.cursor.split('-')[0])))
    next = page.next
  }
  expect(told).toEqual(transactions)
})
