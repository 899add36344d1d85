import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fillResults } from '../../bench/fill-results.ts'
import { LabMessages } from '../../bench/lab-messages.ts'
import { checkingStage } from '../../src/checking/check.ts'
import { beginReport, runReport } from '../../src/checking/dry-run.ts'
import { installPack } from '../../src/checking/install.ts'
import { judgeHere } from '../../src/checking/judge.ts'
import { makeRuleSets } from '../../src/checking/rule-sets.ts'
import { formatNamed } from '../../src/formats/registry.ts'
import { recordName } from '../../src/kernel/ids.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { dataFolder } from '../../src/kernel/package-root.ts'
import { makeBell } from '../../src/ledger/bell.ts'
import { workOnce } from '../../src/ledger/stage.ts'
import { storeBatch } from '../../src/ledger/store-batch.ts'
import { openVault, type Vault } from '../../src/ledger/vault.ts'
import { readingStage } from '../../src/reading/read.ts'
import { loadPack, packOf } from '../../src/rules/load.ts'
import { connect, type Database } from '../../src/store/connect.ts'
import { clearSteps } from '../../src/store/fill.ts'
import { withoutIndexes } from '../../src/store/fill-indexes.ts'
import { describeSchema } from '../../src/store/schema.ts'
import { createTestDatabase } from '../support/database.ts'

interface Hub {
  readonly db: Database
  readonly vault: Vault
}

async function openHub(master: Buffer): Promise<Hub> {
  const database = await createTestDatabase()
  const db = connect({ url: database.url, connections: 4 })
  onTestFinished(async () => {
    await db.close()
    await database.drop()
  })
  return { db, vault: openVault(db, master) }
}

const count = 2
const returning = 0.75

test('filled in bulk, results have the rows and the judgement that accepting, reading and checking gives them', async () => {
  const master = randomBytes(32)
  const at = new Date()
  const [read, filled] = [await openHub(master), await openHub(master)]
  const messagesOf = ({ vault }: Hub) => {
    const made = new LabMessages(vault.keys.receipt, at)
    return Array.from({ length: count }, () => made.next(returning))
  }

  await storeBatch(read.db, read.vault, 'bench', messagesOf(read), 'stored')
  const stages = [
    readingStage({ vault: read.vault, node: 'bench', formatNamed }, 'lab'),
    checkingStage({ vault: read.vault, node: 'bench' }, 'lab'),
  ]
  for (const stage of stages) while (await workOnce({ db: read.db, bell: makeBell(), log: silentLog }, stage));
  await clearSteps(read.db)
  await withoutIndexes(filled.db, () => fillResults(filled, messagesOf(filled), []))

  const rows = await rowsOf(read)
  expect(rows.record).toHaveLength(count * 100)
  expect(rows.result).toHaveLength(count * 100)
  expect(rows.entry).toHaveLength(count * (2 + 200))
  expect(rows.record_check).toHaveLength(count * 100)
  expect(await rowsOf(filled)).toEqual(rows)
  expect(await describeSchema(filled.db)).toBe(await describeSchema(read.db))

  const judgement = await judged(read)
  expect(judgement.verdict.length).toBeGreaterThan(0)
  expect(await judged(filled)).toEqual(judgement)
}, 240_000)

/** Every row of every table of results, with what is sealed opened; without moments of writing and numbers of entries. */
async function rowsOf({ db, vault }: Hub): Promise<Record<string, unknown[]>> {
  const all = async (table: string, order: string, without: readonly string[]): Promise<Record<string, unknown>[]> => {
    const { rows } = await db.query<Record<string, unknown>>({ text: `select * from ${table} order by ${order}` })
    return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !without.includes(name))))
  }
  const receipts = new Map<unknown, string>()
  const opened = async (row: Record<string, unknown>, column: string, name: string) => {
    const key = await vault.byId(row['data_key'] as number)
    return { ...row, [column]: vault.unseal(key, row[column] as Buffer, name).toString() }
  }
  const messages: unknown[] = []
  for (const row of await all('message', 'id', [])) {
    receipts.set(row['id'], row['receipt'] as string)
    messages.push(await opened(row, 'body', row['receipt'] as string))
  }
  const records: unknown[] = []
  for (const row of await all('record', 'id', []))
    records.push(await opened(row, 'content', recordName(receipts.get(row['message'])!, row['ordinal'] as number)))
  return {
    message: messages,
    record: records,
    message_key: await all('message_key', 'message', []),
    result: await all('result', 'record', []),
    entry: await all('entry', 'message, record nulls first, xid, id', ['id', 'xid', 'at']),
    record_check: await all('record_check', 'record', ['at']),
    feed_hour: await all('feed_hour', 'source, kind, hour', []),
    feed_source: await all('feed_source', 'source', ['since']),
    step: await all('step', 'record', []),
    dirty: await all('dirty', 'record', []),
    control_id: await all('control_id', 'message', []),
  }
}

/** What the shipped pack says of everything stored, and the counts of its report. */
async function judged({ db, vault }: Hub): Promise<{ verdict: unknown[]; line: unknown[] }> {
  const pack = packOf(loadPack(join(dataFolder, 'packs/lab-quality/1.0.0')), 'lab-quality@1.0.0')
  const setting = (await installPack(db, pack, 'test')).id
  const deps = { db, vault, ruleSets: makeRuleSets(), judge: judgeHere, worker: 'test' }
  const id = await beginReport(db, { purpose: 'regular', setting, pack, actor: 'test' })
  expect(await runReport(deps, id)).toBe('done')
  const verdict = await db.query({
    text: 'select record, service, received_at, rule_hash, rule, outcome, sender_id, patient from verdict order by record, rule',
  })
  const line = await db.query({ text: 'select * from impact_line order by sender_id, form_kind, rule' })
  return { verdict: verdict.rows, line: line.rows }
}
