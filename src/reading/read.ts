import type { Format, Reading } from '../formats/format.ts'
import type { CanonicalRecord, Service } from '../formats/record.ts'
import { SluisError } from '../kernel/errors.ts'
import { hasError } from '../kernel/fault.ts'
import { recordName } from '../kernel/ids.ts'
import { patientIndex, type HubKeys } from '../kernel/keys.ts'
import { beginSpan } from '../kernel/tracing.ts'
import { labPatientIndex } from '../ledger/patient.ts'
import type { Stage } from '../ledger/stage.ts'
import { makeTablesFor, type TablesFor } from '../ledger/tables.ts'
import type { DataKey, Vault } from '../ledger/vault.ts'
import type { Queryable } from '../store/connect.ts'
import { insertEntries, type NewEntry } from '../store/entries.ts'
import { messagesOf, type StoredMessage } from '../store/messages.ts'
import { insertRecords, type NewRecord } from '../store/records.ts'
import { addSteps, shardCount, type StepRow } from '../store/steps.ts'
import { tellReusedControlIds } from './control-ids.ts'
import { indexResults, type WrittenRecord } from './results.ts'

export interface ReadingDeps {
  readonly vault: Vault
  readonly node: string
  /** The format a message was accepted in, by its name. */
  readonly formatNamed: (name: string) => Format | undefined
}

/**
 * Reads stored messages into records: decrypt, read, write the records with their faults, and hand the accepted ones on to
 * be checked. An unreadable message gets an entry that says why; its bytes stay.
 */
export function readingStage(deps: ReadingDeps, service: Service): Stage {
  const means: Means = { ...deps, tablesFor: makeTablesFor() }
  return { name: 'read', service, next: 'check', handle: (tx, steps) => readMessages(means, service, tx, steps) }
}

interface Means extends ReadingDeps {
  readonly tablesFor: TablesFor
}

interface ReadMessage {
  readonly message: StoredMessage
  readonly reading: Reading
}

async function readMessages(deps: Means, service: Service, tx: Queryable, steps: readonly StepRow[]): Promise<void> {
  const messages = await messagesOf(tx, steps)
  const { read, records, origins } = await rowsOf(deps, messages)
  const ids = await insertRecords(tx, service, records)
  if (service === 'lab') {
    const written = origins.map((origin, place) => ({ ...origin, id: ids[place]!, row: records[place]! }))
    await indexResults(tx, { keys: deps.vault.keys, tablesFor: deps.tablesFor }, written)
  }
  const reused = service === 'lab' ? await tellReusedControlIds(tx, `hub:${deps.node}`, read) : []
  await insertEntries(tx, service, [...toEntries(deps.node, read, records, ids), ...reused])
  await addSteps(tx, 'check', service, toSteps(records, ids))
}

/** What messages say, as the rows they become: for each record what was read, and the receipt of its message. */
export async function rowsOf(
  deps: ReadingDeps,
  messages: readonly StoredMessage[],
): Promise<{
  readonly read: readonly ReadMessage[]
  readonly records: readonly NewRecord[]
  readonly origins: readonly Pick<WrittenRecord, 'record' | 'receipt'>[]
}> {
  const read: ReadMessage[] = []
  for (const message of messages) read.push({ message, reading: await readOne(deps, message) })
  const records: NewRecord[] = []
  const origins: Pick<WrittenRecord, 'record' | 'receipt'>[] = []
  for (const { message, reading } of read) {
    if (reading.state === 'unreadable') continue
    const dataKey = await deps.vault.forPeriod(message.service, message.receivedAt)
    for (const record of reading.records) {
      records.push(toRow(deps.vault, dataKey, message, record))
      origins.push({ record, receipt: message.receipt })
    }
  }
  return { read, records, origins }
}

async function readOne(deps: ReadingDeps, message: StoredMessage): Promise<Reading> {
  const format = deps.formatNamed(message.format)
  // A format this node does not know is a node that is too old: the step waits for one that knows it.
  if (format === undefined) throw new SluisError('format-unknown', { format: message.format })
  const dataKey = await deps.vault.byId(message.dataKey)
  const bytes = deps.vault.unseal(dataKey, message.body, message.receipt)
  const span = beginSpan('message.read', message.traceparent, 'inside', { 'sluis.receipt': message.receipt })
  const reading = format.read(bytes, { receivedAt: message.receivedAt })
  span.setAttributes({ 'sluis.reading': reading.state, 'sluis.node': deps.node })
  span.end()
  return reading
}

const isRefused = (record: CanonicalRecord): boolean => hasError(record.faults)

function toRow(vault: Vault, dataKey: DataKey, message: StoredMessage, record: CanonicalRecord): NewRecord {
  return {
    message: message.id,
    receivedAt: message.receivedAt,
    ordinal: record.ordinal,
    senderId: message.senderId,
    formKind: record.formKind,
    form: record.form,
    formVersion: record.formVersion,
    action: record.action.state,
    replacesMessageId: record.action.state === 'new' ? null : record.action.replacesMessageId,
    outcome: isRefused(record) ? 'refused' : 'accepted',
    faultCodes: [...new Set(record.faults.map((fault) => fault.code))],
    patient: patientOf(vault.keys, record),
    content: vault.seal(dataKey, Buffer.from(JSON.stringify(record)), recordName(message.receipt, record.ordinal)),
    dataKey: dataKey.id,
  }
}

function patientOf(keys: HubKeys, { content, subject }: CanonicalRecord): Buffer | null {
  if (content?.kind === 'observation') return labPatientIndex(keys, content.patient, content.source)
  return subject?.insz == null ? null : patientIndex(keys, 'insz', subject.insz)
}

/** What became of messages and their records, told in their order. */
export function toEntries(
  node: string,
  read: readonly ReadMessage[],
  records: readonly NewRecord[],
  ids: readonly number[],
): NewEntry[] {
  const actor = `hub:${node}`
  const ofMessages = read.map(({ message, reading }): NewEntry => {
    const common = {
      message: message.id,
      receivedAt: message.receivedAt,
      record: null,
      delivery: null,
      senderId: message.senderId,
      actor,
    }
    return reading.state === 'read'
      ? { ...common, kind: 'read', tell: false, detail: { format: reading.format, records: reading.records.length } }
      : {
          ...common,
          kind: 'unreadable',
          tell: true,
          detail: { faults: reading.faults.map(({ code, path }) => ({ code, path })) },
        }
  })
  const ofRecords = records.map((record, place): NewEntry => {
    const refused = record.outcome === 'refused'
    return {
      message: record.message,
      receivedAt: record.receivedAt,
      record: ids[place]!,
      delivery: null,
      senderId: record.senderId,
      kind: refused ? 'record-refused' : 'record-read',
      actor,
      tell: refused,
      detail: { ordinal: record.ordinal, formKind: record.formKind, faults: record.faultCodes },
    }
  })
  return [...ofMessages, ...ofRecords]
}

function toSteps(records: readonly NewRecord[], ids: readonly number[]) {
  return records
    .map((record, place) => ({ record, id: ids[place]! }))
    .filter(({ record }) => record.outcome === 'accepted')
    .map(({ record, id }) => ({
      shard: record.senderId % shardCount,
      message: record.message,
      record: id,
      receivedAt: record.receivedAt,
    }))
}
