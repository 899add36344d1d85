import type { QueryResultRow } from 'pg'
import type { Queryable, Statement } from '../../src/store/connect.ts'
import { beforeAll, expect, test } from 'vitest'
import { backlogRows } from '../../src/store/delivery-backlog.ts'
import { owedLately, receiptWaiting, waitingByAge, waitingBySender } from '../../src/store/flow.ts'
import { databaseOfFile } from '../support/database.ts'

const { db } = await databaseOfFile(1)

/** Deliveries as they lie after two days: all but a few are settled, and the statistics know it. */
beforeAll(async () => {
  await db.query({
    text: `insert into delivery (uid, destination, purpose, service, form_kind, sender_id, message, record, receipt, ordinal,
        received_at, state, due_at, owed_at)
      select gen_random_uuid(), (array['sciensano', 'vaccinnet'])[1 + n % 2], 'result', 'eforms', 'rapid-test', n % 40, n, n,
        gen_random_uuid(), 0, at, case when n % 40 = 0 then 'waiting' else 'acknowledged' end, at, at
      from (select n, now() - (40000 - n) * interval '4 seconds' as at from generate_series(1, 40000) n) m`,
  })
  await db.query({ text: 'vacuum (analyze) delivery' })
}, 60_000)

/** Asks how a statement is run beside running it. */
function explaining(plans: string[]): Queryable {
  return {
    async query<Row extends QueryResultRow>(named: Statement) {
      const { name: _, ...statement } = named
      const explained = { ...statement, text: `explain ${statement.text}` }
      const { rows } = await db.query<Record<'QUERY PLAN', string>>(explained)
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
      return db.query<Row>(statement)
    },
  }
}

test.each([
  ['the backlog', backlogRows],
  ['what became owed', owedLately],
  ['the receipt that waits longest', (by: Queryable) => receiptWaiting(by, 'sciensano', new Date())],
  ['who waits for a destination', (by: Queryable) => waitingBySender(by, 'sciensano')],
  ['how long they wait', (by: Queryable) => waitingByAge(by, 'sciensano')],
])('%s is read without a visit to what is settled', async (_, read) => {
  const plans: string[] = []
  await read(explaining(plans))
  expect(plans).toHaveLength(1)
  expect(plans[0]).not.toMatch(/Seq Scan on delivery /)
  // Both partial indexes hold open deliveries and nothing else; which is cheaper depends on how many there are.
  expect(plans[0]).toMatch(/(on|using) delivery_(open|record)|on delivery_(day|owed)/)
})

test('what was received an hour ago and became owed now came in now', async () => {
  const owed = async () => (await owedLately(db)).find(({ name }) => name === 'digitaal-vlaanderen')?.count ?? 0
  expect(await owed()).toBe(0)
  await db.query({
    text: `insert into delivery (uid, destination, purpose, service, form_kind, sender_id, message, record, receipt, ordinal,
        received_at, state, due_at, owed_at)
      select gen_random_uuid(), 'digitaal-vlaanderen', 'certificate', 'eforms', 'rapid-test', 1, 50000, n, gen_random_uuid(), 0,
        now() - interval '1 hour', 'waiting', now(), case when n > 3 then now() - interval '2 minutes' else now() end
      from generate_series(1, 5) n`,
  })
  expect(await owed()).toBe(3)
})
