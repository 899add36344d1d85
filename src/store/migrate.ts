import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SluisError } from '../kernel/errors.ts'
import { connect, inTransaction, type Database, type Queryable } from './connect.ts'
import { ensurePartitions } from './partitions.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  /** Its first line says `-- breaking: yes`: nodes of before it cannot work on the schema it makes. */
  readonly breaking: boolean
  readonly up: string
  readonly down: string
}

const folder = join(import.meta.dirname, 'sql', 'migrations')
const migrationLock = 7_301_001

/** All migrations beside this file, in order; up and down are written together. */
export function migrations(): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.up.sql'))
    .sort()
    .map((file) => {
      const up = readFileSync(join(folder, file), 'utf8')
      return {
        number: Number(file.slice(0, 4)),
        name: file.slice(0, -'.up.sql'.length),
        breaking: up.startsWith('-- breaking: yes\n'),
        up,
        down: readFileSync(join(folder, file.replace('.up.sql', '.down.sql')), 'utf8'),
      }
    })
}

/**
 * Brings the database to the newest migration and makes the partitions of the coming days. Safe on several nodes at once:
 * one does it, the others wait. Returns the names of the migrations it ran. Throws `schema-newer`, and changes nothing, when
 * a newer version ran one that breaks this version.
 *
 * @example await migrate('postgres://localhost/sluis') // ['0001_foundation']
 */
export async function migrate(url: string, say: (line: string) => void = () => undefined): Promise<string[]> {
  const db = connect({ url, connections: 2 })
  try {
    return await migrateUp(db, say)
  } finally {
    await db.close()
  }
}

export async function migrateUp(db: Database, say: (line: string) => void = () => undefined): Promise<string[]> {
  const done: string[] = []
  await inTransaction(db, async (tx) => {
    const shipped = migrations()
    const applied = await lockAndRead(tx)
    assertReadable(shipped, applied, say)
    for (const step of shipped) {
      if (applied.has(step.number)) continue
      say(`migration ${step.name}`)
      await tx.query({ text: step.up })
      await tx.query({
        text: 'insert into migration (number, name, sha256) values ($1, $2, $3)',
        values: [step.number, step.name, createHash('sha256').update(step.up).digest()],
      })
      done.push(step.name)
    }
    // At the end, when the column is there, and for all: most ran before there was one.
    await tx.query({
      text: `update migration m set breaking = s.breaking from unnest($1::int[], $2::boolean[]) as s(number, breaking)
        where m.number = s.number and m.breaking is distinct from s.breaking`,
      values: [shipped.map(({ number }) => number), shipped.map(({ breaking }) => breaking)],
    })
  })
  const { unmade } = await ensurePartitions(db, new Date())
  for (const { table, error } of unmade)
    say(
      `partition ${table} could not be made now (${(error as { code?: string }).code ?? String(error)}), and is tried again`,
    )
  return done
}

/** What is said of migrations that only a newer version knows, and that break nothing. */
export const newerWords = (names: string): string =>
  `the database is of a newer version (${names}), which this one can work with`

/** What only a newer version knows is told, and ends the work when it breaks this version or does not say that it does not. */
function assertReadable(
  shipped: readonly Migration[],
  applied: ReadonlyMap<number, Applied>,
  say: (line: string) => void,
): void {
  const unknown = [...applied].filter(([number]) => !shipped.some((step) => step.number === number))
  const names = unknown.map(([, { name }]) => name).join(', ')
  if (unknown.some(([, { breaking }]) => breaking !== false))
    throw new SluisError('schema-newer', { migrations: names })
  if (unknown.length > 0) say(newerWords(names))
}

/** Takes back migrations above `target` (0 = all), newest first. Returns their names. */
export async function migrateDown(db: Database, target: number): Promise<string[]> {
  const done: string[] = []
  await inTransaction(db, async (tx) => {
    const applied = await lockAndRead(tx)
    for (const step of migrations().reverse()) {
      if (step.number <= target || !applied.has(step.number)) continue
      await tx.query({ text: step.down })
      await tx.query({ text: 'delete from migration where number = $1', values: [step.number] })
      done.push(step.name)
    }
  })
  return done
}

/** What lies between a database and this version: migrations to run, migrations only a newer version knows, and changed ones. */
export interface SchemaState {
  readonly applied: readonly AppliedMigration[]
  readonly missing: readonly string[]
  /** Those of the missing that nodes of before them cannot work with. */
  readonly breaking: readonly string[]
  readonly unknown: readonly string[]
  /** Those of the unknown that break this version, or do not say that they do not. */
  readonly unworkable: readonly string[]
  /** Run from another text than the one shipped here. */
  readonly changed: readonly string[]
}

export interface AppliedMigration {
  readonly number: number
  readonly name: string
  readonly at: Date
}

/** Compares the database with the migrations of this version; changes nothing. */
export async function schemaState(db: Queryable): Promise<SchemaState> {
  const { rows: there } = await db.query<{ there: boolean }>({
    text: `select to_regclass('migration') is not null as there`,
  })
  const { rows } = there[0]!.there
    ? await db.query<AppliedMigration & { sha256: Buffer; breaking: boolean | null }>({
        text: `select number, name, at, sha256, ${breakingOrNull} as breaking from migration m order by number`,
      })
    : { rows: [] }
  const shipped = migrations()
  const of = (number: number) => rows.find((row) => row.number === number)
  const missing = shipped.filter((step) => of(step.number) === undefined)
  const unknown = rows.filter((row) => !shipped.some((step) => step.number === row.number))
  return {
    applied: rows.map(({ number, name, at }) => ({ number, name, at })),
    missing: missing.map((step) => step.name),
    breaking: missing.filter((step) => step.breaking).map((step) => step.name),
    unknown: unknown.map((row) => row.name),
    unworkable: unknown.filter((row) => row.breaking !== false).map((row) => row.name),
    changed: shipped
      .filter((step) => of(step.number)?.sha256.equals(createHash('sha256').update(step.up).digest()) === false)
      .map((step) => step.name),
  }
}

interface Applied {
  readonly name: string
  readonly breaking: boolean | null
}

/** Of a row of `migration m`. As JSON, because an older database has no such column yet. */
const breakingOrNull = `(to_jsonb(m)->>'breaking')::boolean`

async function lockAndRead(tx: Queryable): Promise<Map<number, Applied>> {
  await tx.query({ text: 'select pg_advisory_xact_lock($1)', values: [migrationLock] })
  await tx.query({
    text: `create table if not exists migration (
      number int primary key, name text not null, sha256 bytea not null, at timestamptz not null default now())`,
  })
  const { rows } = await tx.query<Applied & { number: number }>({
    text: `select number, name, ${breakingOrNull} as breaking from migration m order by number`,
  })
  return new Map(rows.map((row) => [row.number, row]))
}
