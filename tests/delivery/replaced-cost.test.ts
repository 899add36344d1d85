import { expect, test } from 'vitest'
import { housekeeping } from '../../src/delivery/housekeeping.ts'
import { settleReplaced } from '../../src/delivery/replaced.ts'
import { inTransaction } from '../../src/store/connect.ts'
import { makeWorld } from './world.ts'

test('planning looks at the replacements its batch touches, however many an outage left open; housekeeping at all', async () => {
  const world = await makeWorld()
  const many = 5_000
  // Of these nothing is on its way: whoever looks at them closes them.
  await world.query(
    `insert into replacement (by_record, by_message, by_receipt, by_ordinal, service, received_at, sender_id, prefix, message_id,
        action, record, message)
      select -n, -n, gen_random_uuid(), 0, 'eforms', now(), 9, n, 'old-' || n, 'correct', -n - $1::int, -n - $1::int
      from generate_series(1, $1::int) as n`,
    [many],
  )
  await world.query('analyze replacement')
  const open = async (): Promise<number> =>
    (await world.query<{ n: number }>('select count(*)::int as n from replacement where open and by_record < 0'))[0]!.n

  await world.put({ messageId: 'm1', result: 'negative' })
  const action = { state: 'correct', replacesMessageId: 'm1' } as const
  const [second] = await world.put({ messageId: 'm2', result: 'positive', action })
  expect(await world.query(`select open from replacement where by_record = $1`, [second!.id])).toEqual([{ open: true }])
  expect(await world.states('digitaal-vlaanderen')).toEqual({ withdrawn: 1 })
  expect(await open()).toBe(many)

  const rowsRead = await inTransaction(world.db, async (tx) => {
    const read = async (): Promise<number> => {
      const { rows } = await tx.query<{ n: number }>({
        text: `select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as n from pg_stat_xact_user_tables where relname = 'replacement'`,
      })
      return rows[0]?.n ?? 0
    }
    const before = await read()
    // More often than a server plans a statement anew for its values.
    for (let n = 0; n < 8; n++) await settleReplaced(tx, 'test', [second!.id])
    return (await read()) - before
  })
  expect(rowsRead).toBeLessThan(200)

  await inTransaction(world.db, (tx) => housekeeping(tx, 'test'))
  expect(await open()).toBe(0)
})
