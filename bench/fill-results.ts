import { setImmediate as breathe } from 'node:timers/promises'
import { ruleSetHash } from '../src/checking/judge.ts'
import { formatNamed } from '../src/formats/registry.ts'
import type { Numbered } from '../src/ledger/store-batch.ts'
import { makeTablesFor } from '../src/ledger/tables.ts'
import type { Vault } from '../src/ledger/vault.ts'
import { countHours } from '../src/reading/feed-hours.ts'
import { rowsOf, toEntries } from '../src/reading/read.ts'
import { toResult, type IndexedResult } from '../src/reading/results.ts'
import type { Pack } from '../src/rules/pack.ts'
import { inTransaction, type Database, type Queryable } from '../src/store/connect.ts'
import type { NewEntry } from '../src/store/entries.ts'
import { addHours } from '../src/store/feed-hours.ts'
import { copyResults, drawNumbers, type FilledResults } from '../src/store/fill-results.ts'

const node = 'bench'
const messagesAtOnce = 50

export interface FillDeps {
  readonly db: Database
  readonly vault: Vault
}

/**
 * Stores messages with everything that accepting, reading and (`checkedBy`) checking them writes, made by the reader's own
 * code and added in bulk. `checkedBy` are versions that pass everything; an empty list is a hub without packs, null one whose
 * checks are still to come.
 */
export async function fillResults(
  { db, vault }: FillDeps,
  messages: Iterable<Numbered>,
  checkedBy: readonly Pack[] | null,
): Promise<void> {
  const tablesFor = makeTablesFor()
  let writing: Promise<void> = Promise.resolve()
  for (const batch of batchesOf(messages)) {
    const rows = await makeRows({ db, vault }, batch, checkedBy, tablesFor)
    await writing
    // The database takes one batch while the next is made.
    writing = inTransaction(db, (tx) => writeRows(tx, rows))
    writing.catch(() => undefined)
  }
  await writing
}

function* batchesOf(messages: Iterable<Numbered>): Generator<Numbered[]> {
  let batch: Numbered[] = []
  for (const message of messages) {
    if (batch.push(message) < messagesAtOnce) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

type Rows = FilledResults & { readonly indexed: readonly IndexedResult[] }

async function writeRows(tx: Queryable, { indexed, ...filled }: Rows): Promise<void> {
  await copyResults(tx, filled)
  await addHours(tx, countHours(indexed))
}

async function makeRows(
  { db, vault }: FillDeps,
  batch: readonly Numbered[],
  checkedBy: readonly Pack[] | null,
  tablesFor: ReturnType<typeof makeTablesFor>,
): Promise<Rows> {
  const tables = await tablesFor(db)
  const firstMessage = await drawNumbers(db, 'message_id', batch.length)
  const [messages, records, results, entries]: [
    Rows['messages'][number][],
    Rows['records'][number][],
    IndexedResult[],
    NewEntry[],
  ] = [[], [], [], []]
  for (const [place, numbered] of batch.entries()) {
    // The socket is served in between, so that the database need not wait for bytes.
    await breathe()
    const dataKey = await vault.forPeriod(numbered.service, numbered.receivedAt)
    const body = vault.seal(dataKey, numbered.body, numbered.receipt)
    const level = 'stored' as const
    const message = {
      ...numbered,
      id: firstMessage + place,
      size: numbered.body.length,
      body,
      dataKey: dataKey.id,
      level,
    }
    messages.push(message)
    const { read, records: own, origins } = await rowsOf({ vault, node, formatNamed }, [message])
    const first = await drawNumbers(db, 'record_id', own.length)
    const ids = own.map((_, at) => first + at)
    entries.push(accepted(message), ...toEntries(node, read, own, ids))
    for (const [at, row] of own.entries()) {
      const id = ids[at]!
      records.push({ ...row, id })
      const line = toResult(vault.keys, tables.of(row.senderId), { ...origins[at]!, id, row })
      if (line !== null) results.push(line)
      if (checkedBy !== null && row.outcome === 'accepted') entries.push(passed(message, id))
    }
  }
  const ruleSet = checkedBy === null ? null : ruleSetHash(checkedBy)
  return { messages, node, records, results: results.map(({ result }) => result), entries, ruleSet, indexed: results }
}

type OfMessage = { readonly id: number; readonly receivedAt: Date; readonly senderId: number }

const accepted = (message: OfMessage): NewEntry => ({ ...entryOf(message, null), kind: 'accepted', detail: {} })

const passed = (message: OfMessage, record: number): NewEntry => ({
  ...entryOf(message, record),
  kind: 'passed',
  detail: { flags: [] },
})

const entryOf = ({ id, receivedAt, senderId }: OfMessage, record: number | null) =>
  ({ message: id, receivedAt, record, delivery: null, senderId, actor: `hub:${node}`, tell: false }) as const
