import type { Service } from '../formats/record.ts'
import { isUuid8, parseRecordName, prefixOf, recordName } from '../kernel/ids.ts'
import { SluisError } from '../kernel/errors.ts'
import { inSnapshot, type Database } from '../store/connect.ts'
import { holdsOfMessage, type Hold } from '../store/holds.ts'
import { findMessage, type StoredMessage } from '../store/messages.ts'
import { awaitedByMessage } from '../store/replacements.ts'
import { closedReceipt } from '../store/retention.ts'
import { recordsOfMessage, type StoredRecord } from '../store/records.ts'
import type { CustodyLevel } from '../store/rows.ts'
import { shardCount } from '../store/steps.ts'
import {
  certificatesOfMessage,
  deliveriesOfMessage,
  entriesOfMessage,
  findConflict,
  stepsOfMessage,
  type TracedCertificate,
  type TracedDelivery,
  type TracedEntry,
  type TracedStep,
} from '../store/trace.ts'
import type { Vault } from './vault.ts'

/**
 * What a record waits for; `null` when nothing further is expected. `release`: until what withholds it lets go. `replaced`:
 * until an accepted record comes of its sender's message that it corrects or withdraws.
 */
export type WaitingFor =
  | { readonly what: 'reading' | 'checking' | 'planning' }
  | ({ readonly what: 'release' } & Hold)
  | { readonly what: 'destination'; readonly destination: string; readonly state: TracedDelivery['state'] }
  | { readonly what: 'replaced'; readonly messageId: string }
  | null

export interface TracedRecord {
  readonly id: string
  /** Its number in the database, by which entries name it. */
  readonly number: number
  /** Whom it is about, by the index; null when nobody can be told from it. */
  readonly patient: Buffer | null
  readonly service: Service
  readonly kind: string
  readonly state: 'waiting' | 'passed' | 'withheld' | 'refused'
  readonly faultCodes: readonly string[]
  readonly waitingFor: WaitingFor
  /** The rule that refuses it, or the person who keeps it refused; null where the form itself does, or nothing. */
  readonly refusedBy: Hold | null
  readonly deliveries: readonly TracedDelivery[]
  readonly certificates: readonly (Omit<TracedCertificate, 'hc1' | 'dataKey'> & { readonly hc1: string })[]
}

/** Where every record of a message is, and why. */
export interface Trace {
  readonly state: 'message'
  readonly receipt: string
  /** Its number in the database, by which the access log names it. */
  readonly number: number
  readonly receivedAt: Date
  readonly sha256: string
  readonly level: CustodyLevel
  readonly senderId: number
  readonly messageId: string
  readonly service: Service
  readonly format: string
  readonly reading: 'waiting' | 'read' | 'unreadable'
  readonly records: readonly TracedRecord[]
  readonly entries: readonly ToldEntry[]
}

/** An entry with the name of the record it is about; null for one about the message. */
export type ToldEntry = TracedEntry & { readonly recordName: string | null }

/** A message whose id had been used for other bytes: it is kept, and has no records. */
export interface ConflictTrace {
  readonly state: 'conflict'
  readonly receipt: string
  readonly firstReceipt: string
  readonly receivedAt: Date
  readonly sha256: string
  readonly level: CustodyLevel
  readonly senderId: number
  readonly messageId: string
}

/**
 * Traces a receipt number or a record's name (`<receipt>.<ordinal>`). Null when we never gave that number;
 * throws `content-destroyed` when its retention is over.
 *
 * @example await trace({ db, vault }, '3f0c7a52-11d0-8a6e-9c1b-0b64f1a2c3d4')
 */
export async function trace(
  deps: { db: Database; vault: Vault },
  wanted: string,
): Promise<Trace | ConflictTrace | null> {
  const receipt = parseRecordName(wanted)?.receipt ?? wanted
  if (!isUuid8(receipt)) return null
  const message = await findMessage(deps.db, receipt, prefixOf(receipt))
  if (message !== null) return traceMessage(deps, message)
  const conflict = await findConflict(deps.db, receipt)
  if (conflict === null) {
    const closed = await closedReceipt(deps.db, receipt, prefixOf(receipt))
    if (closed !== null) throw new SluisError('content-destroyed', { key: `${closed.service} ${closed.period}` })
    return null
  }
  return { state: 'conflict', ...conflict, sha256: conflict.sha256.toString('hex') }
}

async function traceMessage(deps: { db: Database; vault: Vault }, message: StoredMessage): Promise<Trace> {
  // On one view: read one after the other beside a node that works, a message could be read and have no records.
  const { records, steps, deliveries, entries, certificates, holds, awaited } = await inSnapshot(
    deps.db,
    async (tx) => ({
      records: await recordsOfMessage(tx, message),
      steps: await stepsOfMessage(tx, message, message.senderId % shardCount),
      deliveries: await deliveriesOfMessage(tx, message),
      entries: await entriesOfMessage(tx, message),
      certificates: await certificatesOfMessage(tx, message),
      holds: await holdsOfMessage(tx, message),
      awaited: await awaitedByMessage(tx, message),
    }),
  )
  const opened = await openCertificates(deps.vault, message.receipt, certificates)
  // By record: of a message of thousands each would be looked for among all of them.
  const names = new Map(records.map(({ id, receipt, ordinal }) => [id, recordName(receipt, ordinal)]))
  const stepOf = new Map(steps.map((step) => [step.record, step]))
  const owedBy = Map.groupBy(deliveries, ({ record }) => record)
  const certified = Map.groupBy(opened, ({ record }) => record)
  const told = Map.groupBy(entries, ({ record }) => record)
  return {
    state: 'message',
    receipt: message.receipt,
    number: message.id,
    receivedAt: message.receivedAt,
    sha256: message.sha256.toString('hex'),
    level: message.level,
    senderId: message.senderId,
    messageId: message.messageId,
    service: message.service,
    format: message.format,
    reading: readingState(steps, entries),
    records: records.map((record) =>
      traceRecord(record, {
        step: stepOf.get(record.id),
        owed: owedBy.get(record.id) ?? [],
        certificates: certified.get(record.id) ?? [],
        entries: told.get(record.id) ?? [],
        hold: holds.get(record.id),
        awaited: awaited.get(record.id),
      }),
    ),
    entries: entries.map((entry) => ({ ...entry, recordName: names.get(entry.record ?? 0) ?? null })),
  }
}

function readingState(steps: readonly TracedStep[], entries: readonly TracedEntry[]): Trace['reading'] {
  if (steps.some((step) => step.stage === 'read')) return 'waiting'
  return entries.some((entry) => entry.kind === 'unreadable') ? 'unreadable' : 'read'
}

async function openCertificates(vault: Vault, receipt: string, certificates: readonly TracedCertificate[]) {
  return Promise.all(
    certificates.map(async ({ hc1, dataKey, ...rest }) => ({
      ...rest,
      hc1: vault.unseal(await vault.byId(dataKey), hc1, `${receipt} ${rest.uvci}`).toString(),
    })),
  )
}

/** What stands beside a record. */
interface Beside {
  readonly step: TracedStep | undefined
  readonly owed: readonly TracedDelivery[]
  readonly certificates: TracedRecord['certificates']
  readonly entries: readonly TracedEntry[]
  readonly hold: Hold | undefined
  /** The sender's id of the message it waits for. */
  readonly awaited: string | undefined
}

function traceRecord(record: StoredRecord, beside: Beside): TracedRecord {
  const { step, owed, certificates, entries, hold } = beside
  return {
    id: recordName(record.receipt, record.ordinal),
    number: record.id,
    patient: record.patient,
    service: record.service,
    kind: record.formKind,
    state: stateOf(record, step, hold),
    faultCodes: [...record.faultCodes, ...toldLater(entries)],
    waitingFor: waitingFor(beside),
    refusedBy: hold?.refuses === true ? hold : null,
    deliveries: owed,
    certificates,
  }
}

/** Why a record that passed its checks replaces nothing, which is found out when it is planned. */
function toldLater(entries: readonly TracedEntry[]): string[] {
  return entries.filter(({ kind }) => kind === 'replaces-nothing').map(({ detail }) => String(detail['code']))
}

function stateOf(record: StoredRecord, step: TracedStep | undefined, hold: Hold | undefined): TracedRecord['state'] {
  if (record.outcome === 'refused') return 'refused'
  if (hold !== undefined) return hold.refuses ? 'refused' : 'withheld'
  return step?.stage === 'check' ? 'waiting' : 'passed'
}

function waitingFor({ step, owed, hold, awaited }: Beside): WaitingFor {
  // First, as for its state: the steps may have been read a moment before the check that refused it.
  if (hold?.refuses === true) return null
  if (step?.stage === 'check') return { what: 'checking' }
  if (hold !== undefined) return { what: 'release', ...hold }
  if (step?.stage === 'plan') return { what: 'planning' }
  const open = owed.find((d) => d.state !== 'acknowledged' && d.state !== 'refused' && d.state !== 'withdrawn')
  if (open !== undefined) return { what: 'destination', destination: open.destination, state: open.state }
  return awaited === undefined ? null : { what: 'replaced', messageId: awaited }
}
