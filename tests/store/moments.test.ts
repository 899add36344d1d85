import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src/store/connect.ts'
import { createTestDatabase } from '../support/database.ts'

test('a moment is read as it was written, in every zone and form of PostgreSQL', async () => {
  const database = await createTestDatabase()
  const db = connect({ url: database.url, connections: 1 })
  onTestFinished(async () => {
    await db.close()
    await database.drop()
  })
  const moments = [
    '2026-07-01T13:05:08.123Z',
    '2026-01-01T00:00:00Z',
    '1899-12-31T23:59:59.009Z',
    '0044-03-15T12:00:00Z',
  ]
  for (const zone of ['UTC', 'Europe/Brussels', 'Asia/Kolkata', 'America/St_Johns']) {
    await db.pool.query(`set time zone '${zone}'`)
    const { rows } = await db.query<{ at: Date }>({
      text: 'select at from unnest($1::timestamptz[]) as m(at)',
      values: [moments],
    })
    expect(rows.map(({ at }) => at.toISOString())).toEqual(moments.map((one) => new Date(one).toISOString()))
  }
  const { rows } = await db.query<{ end: number; micro: Date }>({
    text: `select 'infinity'::timestamptz as end, '2026-07-01 13:05:08.123999+00'::timestamptz as micro`,
  })
  expect([rows[0]?.end, rows[0]?.micro.toISOString()]).toEqual([Infinity, '2026-07-01T13:05:08.123Z'])
})
