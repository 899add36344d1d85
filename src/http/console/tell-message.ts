import type { Purpose } from '../../access/access-log.ts'
import type { BacklogView } from '../../delivery/backlog.ts'
import type { DestinationConfig } from '../../delivery/config.ts'
import type { CanonicalRecord } from '../../formats/record.ts'
import type { Params } from '../../kernel/language.ts'
import type { SpooledTrace } from '../../ledger/trace-spooled.ts'
import type { ConflictTrace, Trace, TracedRecord as Traced } from '../../ledger/trace.ts'
import type { MessageAbout } from '../../store/console-trace.ts'
import type { Hold } from '../../store/holds.ts'
import { pausesOver } from '../../store/pauses.ts'
import type { TracedDelivery as Owed, TracedEntry } from '../../store/trace.ts'
import type { HeldBy } from '../../web/parts/held-by.tsx'
import type { Cut, TracedMessage } from '../../web/pages/trace.tsx'
import type { Entry } from '../../web/parts/timeline.tsx'
import type { TracedDelivery, TracedRecord, Waiting } from '../../web/parts/traced-record.tsx'
import type { View } from '../../web/view.ts'
import { actorName, destinationName } from './names.ts'
import { meaningOf } from './refusal-lines.ts'
import { tellContent } from './tell-content.ts'

/** Contents in the clear, by record; closed for everybody who did not ask with a purpose and a right. */
export type Opened =
  | { readonly state: 'closed' }
  | {
      readonly state: 'open'
      readonly purpose: Purpose
      readonly contents: ReadonlyMap<string, CanonicalRecord>
    }

/** What a trace is told with. */
export interface Telling {
  readonly view: View
  readonly destinations: readonly DestinationConfig[]
  readonly at: Date
  readonly about: MessageAbout | null
  readonly backlog: BacklogView
  readonly chain: TracedMessage['chain']
  readonly opened: Opened
  /** What is wrong with a record and where, without what the sender wrote there; by record. */
  readonly faults: ReadonlyMap<string, readonly KnownFault[]>
}

export interface KnownFault {
  readonly code: string
  readonly path: string
  readonly params: Params
}

/** Of so many records of a message a page says what is in them, and where they are wrong; a message may have thousands. */
export const contentsAtMost = 200

export const faultyOf = (records: readonly Traced[]): Traced[] =>
  records.filter((record) => record.faultCodes.length > 0)

const cutAt = ({ length }: readonly Traced[]): Cut | null =>
  length > contentsAtMost ? { first: contentsAtMost, of: length } : null

/** A trace in the words of the reader. */
export function tellMessage(found: Trace, telling: Telling): TracedMessage {
  const entriesOf = entriesByRecord(found)
  return {
    ...head(found, telling),
    format: found.format,
    state: found.reading,
    conflictWith: null,
    cut: {
      contents: telling.opened.state === 'open' ? cutAt(found.records) : null,
      fields: cutAt(faultyOf(found.records)),
    },
    records: found.records.map((record) => tellRecord(found, record, entriesOf(record), telling)),
  }
}

/** What is kept and has no records: a second message under a used number, and one that lies on the disk of this node. */
export function tellWithoutRecords(found: ConflictTrace | SpooledTrace, telling: Telling): TracedMessage {
  const conflict = found.state === 'conflict'
  const onDisk = !conflict && found.waitingFor === 'operator' ? 'set-aside' : 'spooled'
  return {
    ...head(found, telling),
    format: telling.about?.format ?? '–',
    state: conflict ? 'conflict' : onDisk,
    conflictWith: conflict ? found.firstReceipt : null,
    cut: { contents: null, fields: null },
    records: [],
  }
}

function head(found: Trace | ConflictTrace | SpooledTrace, { view, about, chain, opened }: Telling) {
  return {
    receipt: found.receipt,
    receivedAt: found.receivedAt.toISOString(),
    level: found.level,
    sha256: found.sha256,
    sender: { id: String(found.senderId), name: about?.sender ?? '' },
    messageId: found.messageId,
    bytes: about?.size ?? null,
    urgent:
      about?.urgentBy == null ? null : { by: actorName(view, about.urgentBy), at: about.urgentAt?.toISOString() ?? '' },
    chain,
    opened: opened.state === 'open',
  }
}

function tellRecord(found: Trace, record: Traced, own: readonly TracedEntry[], telling: Telling): TracedRecord {
  const { view, opened } = telling
  const content = opened.state === 'open' ? (opened.contents.get(record.id) ?? null) : null
  const certificate = record.certificates.at(-1)
  return {
    id: record.id,
    ordinal: Number(record.id.split('.').at(-1)) + 1,
    service: record.service,
    kind: record.kind,
    state: stateOf(record),
    happenedAt: content?.happenedAt ?? null,
    waitingFor: waitingOf(found, record, telling),
    faults: faultsOf(record, content, telling.faults.get(record.id), view),
    withheld: holdOf(record),
    refusedBy: record.refusedBy === null ? null : tellHold(record.refusedBy),
    entries: own.map((entry) => tellEntry(found, entry, telling)),
    deliveries: record.deliveries.map((delivery) => tellDelivery(record, delivery, telling)),
    certificate:
      certificate === undefined
        ? null
        : {
            id: record.id,
            state: certificate.revokedAt === null ? 'issued' : 'revoked',
            at: (certificate.revokedAt ?? certificate.issuedAt).toISOString(),
          },
    content: content === null ? null : tellContent(view, content),
  }
}

/** For each record its own entries, those of its deliveries, and those of the whole message; in their order. */
function entriesByRecord({ records, entries }: Trace): (record: Traced) => TracedEntry[] {
  const owner = new Map(records.flatMap(({ number, deliveries }) => deliveries.map(({ id }) => [id, number] as const)))
  const placed = entries.map((entry, place) => ({ entry, place }))
  const byRecord = Map.groupBy(placed, ({ entry }) =>
    entry.delivery === null ? entry.record : owner.get(entry.delivery),
  )
  // That the message was read is told by the record that was read from it.
  const ofMessage = (byRecord.get(null) ?? []).filter(({ entry }) => entry.kind !== 'read')
  return ({ number }) =>
    [...ofMessage, ...(byRecord.get(number) ?? [])]
      .sort((one, other) => one.place - other.place)
      .map(({ entry }) => entry)
}

function stateOf(record: Traced): TracedRecord['state'] {
  if (record.state !== 'passed') return record.state
  const ended = record.deliveries.filter((delivery) => delivery.state !== 'withdrawn')
  if (ended.some((delivery) => delivery.state === 'refused')) return 'refused-by-destination'
  return ended.length > 0 && ended.every((delivery) => delivery.state === 'acknowledged') ? 'acknowledged' : 'passed'
}

function waitingOf(found: Trace, record: Traced, telling: Telling): Waiting | null {
  const { waitingFor } = record
  if (waitingFor === null) return null
  // What withholds it is told in its own words.
  if (waitingFor.what === 'release') return null
  if (waitingFor.what !== 'destination') {
    const replaces = waitingFor.what === 'replaced' ? waitingFor.messageId : null
    return { who: null, since: found.receivedAt.toISOString(), expectedAt: null, nextNewsAt: null, replaces }
  }
  const owed = record.deliveries.find((one) => one.destination === waitingFor.destination && !isEnd(one))
  return {
    who: destinationName(telling.destinations, waitingFor.destination, telling.view.language),
    since: (owed?.owedAt ?? found.receivedAt).toISOString(),
    expectedAt: expectedAt(record, waitingFor.destination, owed, telling),
    nextNewsAt: null,
    replaces: null,
  }
}

function holdOf({ state, waitingFor }: Traced): TracedRecord['withheld'] {
  if (state !== 'withheld' || waitingFor?.what !== 'release') return null
  return { since: waitingFor.since.toISOString(), by: tellHold(waitingFor) }
}

/** By what a record is held, for a screen. */
export function tellHold({ activation, pack, version, rule, by }: Hold): HeldBy {
  return activation === null ? { state: 'person', who: by ?? '' } : { state: 'rule', pack, version, rule, activation }
}

const isEnd = (delivery: Owed): boolean =>
  delivery.state === 'acknowledged' || delivery.state === 'refused' || delivery.state === 'withdrawn'

/** Whether a person keeps paused what this record owes a destination. */
const isPaused = ({ service, kind: formKind }: Traced, destination: string, { backlog }: Telling): boolean =>
  pausesOver(backlog.pauses, { destination, service, formKind }).length > 0

/**
 * When it will be its turn, as far as the pace of the last minute tells; null while nothing moves, it is paused, or the
 * destination does not answer.
 */
function expectedAt(record: Traced, destination: string, owed: Owed | undefined, telling: Telling): string | null {
  const { backlog, at } = telling
  const lines = backlog.lines.filter((line) => line.destination === destination)
  const seconds = lines.map((line) => (line.outlook.state === 'emptying' ? line.outlook.seconds : null))
  const slowest = seconds.some((one) => one !== null) ? Math.max(...seconds.map((one) => one ?? 0)) : null
  if (slowest === null || isPaused(record, destination, telling) || !answers(backlog, destination)) return null
  return new Date(Math.max(at.getTime() + slowest * 1_000, owed?.dueAt.getTime() ?? 0)).toISOString()
}

const answers = ({ destinations }: BacklogView, destination: string): boolean =>
  destinations.every((one) => one.destination !== destination || one.breaker === 'closed')

function faultsOf(
  record: Traced,
  content: CanonicalRecord | null,
  known: readonly KnownFault[] | undefined,
  view: View,
): TracedRecord['faults'] {
  const own = content?.faults ?? known ?? []
  // Found out after it was read: it stands in no content.
  const later = record.faultCodes.filter((code) => own.every((fault) => fault.code !== code))
  return [...own, ...later.map((code) => ({ code, path: '', params: {} }))].map(({ code, path, params }) => ({
    code,
    sentence: (meaningOf(code, view.language, params) ?? '').trim(),
    field: path === '' ? null : path,
  }))
}

const entryWord: Readonly<Partial<Record<TracedEntry['kind'], Entry['what']>>> = {
  'record-read': 'read',
  'record-refused': 'refused',
  owed: 'planned',
}

function tellEntry(found: Trace, entry: TracedEntry, telling: Telling): Entry {
  const { view, destinations } = telling
  const text = (name: string): string | null => {
    const value = entry.detail[name]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const destination = text('destination')
  const code = text('code')
  const told = [
    destination === null || entry.actor === `destination:${destination}`
      ? null
      : destinationName(destinations, destination, view.language),
    code === null ? null : (meaningOf(code, view.language) ?? code),
    text('text'),
    text('reason'),
    // The receipt of the message that had the same control id first.
    text('first'),
  ].filter((part) => part !== null)
  return {
    at: entry.at.toISOString(),
    what: entry.kind === 'accepted' ? found.level : (entryWord[entry.kind] ?? (entry.kind as Entry['what'])),
    by: doneBy(entry.actor, telling),
    detail: told.length === 0 ? null : told.join(': '),
    proof: entry.kind === 'accepted' ? found.sha256 : (text('reference') ?? text('uvci')),
    originalAt: entry.kind === 'replayed' ? found.receivedAt.toISOString() : null,
  }
}

/** `hub:a` is node a, `destination:x` the destination by its name, everything else a person. */
function doneBy(actor: string, { destinations, view }: Telling): string {
  const [kind, ...rest] = actor.split(':')
  const name = rest.join(':')
  if (kind === 'destination') return destinationName(destinations, name, view.language)
  return kind === 'hub' || kind === 'sender' ? name : actorName(view, actor)
}

const deliveryStates = {
  blocked: 'waiting',
  waiting: 'waiting',
  unknown: 'asked-again',
  pending: 'sending',
  acknowledged: 'acknowledged',
  refused: 'refused',
  withdrawn: 'withdrawn',
} as const

function tellDelivery(record: Traced, delivery: Owed, telling: Telling): TracedDelivery {
  const { view, destinations, at } = telling
  const open = !isEnd(delivery)
  const held = isPaused(record, delivery.destination, telling)
  const { lastCode } = delivery
  return {
    id: delivery.uid,
    destination: {
      id: delivery.destination,
      name: destinationName(destinations, delivery.destination, view.language),
    },
    state: open && held ? 'paused' : deliveryStates[delivery.state],
    attempts: delivery.attempts,
    lastSentAt: delivery.sentAt?.toISOString() ?? null,
    nextTryAt: open && delivery.attempts > 0 && delivery.dueAt > at ? delivery.dueAt.toISOString() : null,
    acknowledgedAt: delivery.state === 'acknowledged' ? (delivery.settledAt?.toISOString() ?? null) : null,
    reference: delivery.reference,
    answer: lastCode === null ? null : (meaningOf(lastCode, view.language) ?? lastCode),
  }
}
