import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrateDown, migrateUp, migrations } from '../../src/store/migrate.ts'
import { describeSchema } from '../../src/store/schema.ts'
import { databaseOfFile } from '../support/database.ts'

const { db } = await databaseOfFile(3)

const schemaFile = join(import.meta.dirname, '../../src/store/sql/schema.sql')

test('schema.sql is what the migrations make', async () => {
  const made = await describeSchema(db)
  if (process.env['UPDATE_DOCS'] === '1') (await import('node:fs')).writeFileSync(schemaFile, made)
  expect(readFileSync(schemaFile, 'utf8')).toBe(made)
})

test('down takes everything back, up makes the same again', async () => {
  const before = await describeSchema(db)
  await migrateDown(db, 0)
  const { rows } = await db.query<{ name: string }>({
    text: `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S') and relname <> 'migration'`,
  })
  expect(rows).toEqual([])
  await migrateUp(db)
  expect(await describeSchema(db)).toBe(before)
})

test('running up again does nothing', async () => {
  expect(await migrateUp(db)).toEqual([])
})

test('every migration says whether it breaks running nodes, and goes both ways', () => {
  for (const migration of migrations()) {
    expect(migration.up, migration.name).toMatch(/^-- breaking: (yes|no)\n/)
    expect(migration.down.trim().length, migration.name).toBeGreaterThan(0)
  }
})
