import { Client } from 'pg'
import { expect, test } from 'vitest'
import { createTestDatabase } from './database.ts'

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

test('each test has a migrated database of its own', async () => {
  const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()])
  await query(one.url, 'create table only_here (x int)')
  expect(await query(two.url, `select to_regclass('only_here') as found`)).toEqual([{ found: null }])
  expect(await query(two.url, 'select number from migration order by number limit 1')).toEqual([{ number: 1 }])
  await Promise.all([one.drop(), two.drop()])
})

test('a dropped database is gone, also while somebody is connected', async () => {
  const database = await createTestDatabase()
  const client = new Client({ connectionString: database.url })
  const lost = new Promise((resolve) => client.on('error', resolve))
  await client.connect()
  await database.drop()
  await lost
  await expect(query(database.url, 'select 1')).rejects.toMatchObject({ code: '3D000' })
})
