import type { MessageRow } from './accept.ts'
import type { Queryable } from './connect.ts'
import { copyIn, type CopiedColumn } from './copy-in.ts'
import type { NewEntry } from './entries.ts'
import type { NewRecord } from './records.ts'
import type { NewResult } from './results.ts'

/** Laboratory messages with all rows they become, as the stages of a hub would write them one after another. */
export interface FilledResults {
  readonly messages: readonly (MessageRow & { readonly id: number })[]
  readonly node: string
  readonly records: readonly (NewRecord & { readonly id: number })[]
  readonly results: readonly NewResult[]
  readonly entries: readonly NewEntry[]
  /** By which set of rules the records were checked; null: they were not. */
  readonly ruleSet: Buffer | null
}

/** Numbers that follow one another, from a sequence nobody else draws from meanwhile; returns the first. */
export async function drawNumbers(db: Queryable, sequence: 'message_id' | 'record_id', count: number): Promise<number> {
  const { rows } = await db.query<{ first: number }>({
    text: 'select setval($1::regclass, nextval($1::regclass) + $2 - 1) - $2 + 1 as first',
    values: [sequence, count],
  })
  return rows[0]!.first
}

/**
 * Adds messages as if they had been accepted, read and checked. Leaves no steps. Knows no message, order number or result that
 * is there already, and marks no monitors: for tables with other things in them and patients who are not enrolled. For
 * measuring only; never called by a running hub.
 */
export async function copyResults(tx: Queryable, filled: FilledResults): Promise<void> {
  const { messages, records, results, entries, ruleSet, node } = filled
  await copyIn(tx, 'message_key', keyColumns, messages)
  await copyIn(tx, 'message', [...messageColumns, { name: 'node', kind: 'text', of: () => node }], messages)
  await copyIn(tx, 'record', recordColumns, records)
  await copyIn(tx, 'result', resultColumns, results)
  await copyIn(tx, 'entry', entryColumns, entries)
  const accepted = records.filter(({ outcome }) => outcome === 'accepted')
  if (ruleSet !== null) await copyIn(tx, 'record_check', checkColumns(ruleSet), accepted)
}

const service = { name: 'service', kind: 'text', of: () => 'lab' } as const
const receivedAt: CopiedColumn<{ readonly receivedAt: Date }> = {
  name: 'received_at',
  kind: 'timestamptz',
  of: (row) => row.receivedAt,
}

const keyColumns: readonly CopiedColumn<FilledResults['messages'][number]>[] = [
  { name: 'prefix', kind: 'int8', of: (m) => m.prefix },
  { name: 'sender_id', kind: 'int4', of: (m) => m.senderId },
  { name: 'message_id', kind: 'text', of: (m) => m.messageId },
  { name: 'receipt', kind: 'uuid', of: (m) => m.receipt },
  { name: 'message', kind: 'int8', of: (m) => m.id },
  service,
  receivedAt,
]

const messageColumns: readonly CopiedColumn<FilledResults['messages'][number]>[] = [
  { name: 'id', kind: 'int8', of: (m) => m.id },
  service,
  receivedAt,
  { name: 'receipt', kind: 'uuid', of: (m) => m.receipt },
  { name: 'sender_id', kind: 'int4', of: (m) => m.senderId },
  { name: 'message_id', kind: 'text', of: (m) => m.messageId },
  { name: 'format', kind: 'text', of: (m) => m.format },
  { name: 'sha256', kind: 'bytea', of: (m) => m.sha256 },
  { name: 'size', kind: 'int4', of: (m) => m.size },
  { name: 'body', kind: 'bytea', of: (m) => m.body },
  { name: 'data_key', kind: 'int4', of: (m) => m.dataKey },
  { name: 'level', kind: 'text', of: (m) => m.level },
  { name: 'traceparent', kind: 'text', of: (m) => m.traceparent },
]

const recordColumns: readonly CopiedColumn<FilledResults['records'][number]>[] = [
  { name: 'id', kind: 'int8', of: (r) => r.id },
  service,
  receivedAt,
  { name: 'message', kind: 'int8', of: (r) => r.message },
  { name: 'ordinal', kind: 'int4', of: (r) => r.ordinal },
  { name: 'sender_id', kind: 'int4', of: (r) => r.senderId },
  { name: 'form_kind', kind: 'text', of: (r) => r.formKind },
  { name: 'form', kind: 'text', of: (r) => r.form },
  { name: 'form_version', kind: 'text', of: (r) => r.formVersion },
  { name: 'action', kind: 'text', of: (r) => r.action },
  { name: 'replaces_message_id', kind: 'text', of: (r) => r.replacesMessageId },
  { name: 'outcome', kind: 'text', of: (r) => r.outcome },
  { name: 'fault_codes', kind: 'text[]', of: (r) => r.faultCodes },
  { name: 'patient', kind: 'bytea', of: (r) => r.patient },
  { name: 'content', kind: 'bytea', of: (r) => r.content },
  { name: 'data_key', kind: 'int4', of: (r) => r.dataKey },
]

const resultColumns: readonly CopiedColumn<NewResult>[] = [
  { name: 'patient', kind: 'bytea', of: (r) => r.patient },
  { name: 'record', kind: 'int8', of: (r) => r.record },
  receivedAt,
  { name: 'receipt', kind: 'uuid', of: (r) => r.receipt },
  { name: 'ordinal', kind: 'int4', of: (r) => r.ordinal },
  { name: 'sender_id', kind: 'int4', of: (r) => r.senderId },
  { name: 'source', kind: 'text', of: (r) => r.source },
  { name: 'named', kind: 'bytea', of: (r) => r.named },
  { name: 'code', kind: 'text', of: (r) => r.code },
  { name: 'loinc', kind: 'text', of: (r) => r.loinc },
  { name: 'analyte', kind: 'text', of: (r) => r.analyte },
  { name: 'terms', kind: 'text[]', of: (r) => r.terms },
  { name: 'result_key', kind: 'bytea', of: (r) => Buffer.from(r.resultKey, 'hex') },
  { name: 'status', kind: 'text', of: (r) => r.status },
  { name: 'collected_at', kind: 'timestamptz', of: (r) => r.collectedAt },
  { name: 'result_at', kind: 'timestamptz', of: (r) => r.resultAt },
  { name: 'content_sha', kind: 'bytea', of: (r) => Buffer.from(r.content, 'hex') },
  { name: 'order_key', kind: 'bytea', of: (r) => (r.orderKey === null ? null : Buffer.from(r.orderKey, 'hex')) },
]

const entryColumns: readonly CopiedColumn<NewEntry>[] = [
  service,
  { name: 'message', kind: 'int8', of: (e) => e.message },
  receivedAt,
  { name: 'record', kind: 'int8', of: (e) => e.record },
  { name: 'delivery', kind: 'int8', of: (e) => e.delivery },
  { name: 'sender_id', kind: 'int4', of: (e) => e.senderId },
  { name: 'kind', kind: 'text', of: (e) => e.kind },
  { name: 'actor', kind: 'text', of: (e) => e.actor },
  { name: 'tell', kind: 'bool', of: (e) => e.tell },
  { name: 'detail', kind: 'jsonb', of: (e) => JSON.stringify(e.detail) },
]

const checkColumns = (ruleSet: Buffer): readonly CopiedColumn<FilledResults['records'][number]>[] => [
  { name: 'record', kind: 'int8', of: (r) => r.id },
  service,
  receivedAt,
  { name: 'rule_set', kind: 'bytea', of: () => ruleSet },
]
