import { errorTable, errorText, type ErrorCode } from '../../kernel/errors.ts'
import type { Language } from '../../kernel/language.ts'
import { moment, momentAgo } from './moments.ts'
import { holdWords } from './obstacles.ts'
import { table } from './table.ts'
import type { ToldDelivery, ToldRecord, ToldTrace } from './told-trace.ts'

export interface Telling {
  readonly now: Date
  readonly language: Language
  /** What keeps deliveries to a destination from going, in words; empty when nothing does. */
  readonly obstacle: (destination: string, record: ToldRecord) => string
}

/** A trace in words: where every record is, what it waits for, and everything that happened. */
export function describeTrace(trace: ToldTrace, telling: Telling): string {
  const lines = [
    `receipt   ${trace.receipt}`,
    `received  ${momentAgo(trace.receivedAt, telling.now)} from ${trace.sender}, ${levelWords(trace)}`,
    `message   ${trace.messageId}${trace.format === undefined ? '' : ` (${trace.service}, ${trace.format})`}`,
    `sha256    ${trace.sha256}`,
  ]
  if (trace.conflictWith !== undefined) {
    return [
      ...lines,
      '',
      `The sender had used this message id before, for other bytes: receipt ${trace.conflictWith}. Both are kept; only that`,
      'one was read. The sender tells which one counts, and sends it again under a new id when it is this one.',
    ].join('\n')
  }
  if (trace.waitingFor !== undefined) lines.push('', ...spooledWords(trace.waitingFor.what))
  if (trace.reading === 'waiting') lines.push('', 'The message waits to be read.')
  if (trace.reading === 'unreadable') lines.push('', 'The message cannot be read: it is kept, and led to no record.')
  for (const record of trace.records) lines.push('', ...describeRecord(record, telling))
  return [...lines, ...history(trace)].join('\n')
}

function levelWords({ level, waitingFor }: ToldTrace): string {
  if (waitingFor !== undefined) return 'spooled on a node'
  return level === 'spooled' ? 'spooled on a node at first, then stored' : 'stored'
}

/** What is said of a message that no database knows yet: more is not known, and that is no fault of it. */
function spooledWords(what: string): string[] {
  return what === 'operator'
    ? [
        'The database refused the message for what it is. It is kept aside on the disk of the node that took it and tried',
        'again every hour; the log of that node has the reason.',
      ]
    : [
        'The message lies on the disk of the node that took it and waits for the database. It is read when it is stored there;',
        'until then this is all that is known of it.',
      ]
}

function describeRecord(record: ToldRecord, telling: Telling): string[] {
  const lines = [`record ${record.id}  ${record.kind}, ${record.state}`, `  ${waitingWords(record, telling)}`]
  lines.push(...record.errors.map((code) => `  ${faultWords(code, telling.language)}`))
  const { certificate } = record
  if (certificate !== undefined) {
    const end = certificate.revokedAt === null ? '' : `, revoked ${moment(certificate.revokedAt)}`
    lines.push(`  certificate ${certificate.uvci}, issued ${moment(certificate.issuedAt)}${end}`)
  }
  return [...lines, ...deliveryTable(record.deliveries).map((line) => `  ${line}`)]
}

function waitingWords(record: ToldRecord, telling: Telling): string {
  const { waitingFor, refusedBy, deliveries } = record
  if (refusedBy !== null) return refusalWords(refusedBy, telling.now)
  if (waitingFor === null) return 'Nothing further is expected.'
  if (waitingFor.what === 'release') return releaseWords(waitingFor, telling.now)
  if (waitingFor.what === 'replaced') {
    return `Waits for what it replaces: no record of message ${waitingFor.messageId ?? ''} that it can replace has been accepted yet.`
  }
  const { destination } = waitingFor
  if (destination === undefined) return `Waits for ${waitingFor.what}.`
  const owed = deliveries.find((one) => one.destination === destination && one.state === waitingFor.state)
  const since = owed === undefined ? '' : ` since ${momentAgo(owed.owedAt, telling.now)}`
  const obstacle = telling.obstacle(destination, record)
  return `Waits for ${destination}${since}${obstacle === '' ? '' : `: ${obstacle}`}.`
}

/** By which activation a record is withheld, or by whom. */
function releaseWords(waiting: NonNullable<ToldRecord['waitingFor']>, now: Date): string {
  const since = waiting.since === undefined ? '' : ` since ${momentAgo(waiting.since, now)}`
  return `Withheld${since} by ${holdWords(waiting)}; waits for release or for another version.`
}

/** The rule that refuses a record which was read whole, or who keeps it refused. */
function refusalWords(by: NonNullable<ToldRecord['refusedBy']>, now: Date): string {
  const since = by.since === undefined ? '' : ` since ${momentAgo(by.since, now)}`
  return `Refused${since} by ${holdWords(by)}; its sender was told. Passes when a person releases it or a version says otherwise.`
}

/** A code of the table of errors by its sentence; the values it was made with are not kept, only shown to the sender. */
function faultWords(code: string, language: Language): string {
  if (!(code in errorTable)) return code
  return `${errorText(code as ErrorCode, {}, language).replaceAll(/\{\w+\}/g, '…')} (${code})`
}

function deliveryTable(deliveries: readonly ToldDelivery[]): string[] {
  return table(deliveries, [
    { head: 'destination', of: (one) => one.destination },
    { head: 'what', of: (one) => one.purpose },
    { head: 'state', of: (one) => (one.urgent ? `${one.state}, urgent` : one.state) },
    { head: 'attempts', of: (one) => one.attempts },
    { head: 'since', of: (one) => moment(one.settledAt ?? one.sentAt ?? one.owedAt) },
    { head: 'reference or code', of: (one) => one.reference ?? one.code ?? '' },
  ])
}

function history(trace: ToldTrace): string[] {
  const rows = trace.entries ?? []
  if (rows.length === 0) return []
  const several = trace.records.length > 1
  const lines = table(rows, [
    { head: 'when', of: (entry) => moment(entry.at) },
    { head: 'what', of: (entry) => entry.kind.replaceAll('-', ' ') },
    ...(several ? [{ head: 'record', of: (entry: (typeof rows)[number]) => placeOf(entry.record) }] : []),
    { head: 'details', of: (entry) => detailWords(entry.detail) },
    { head: 'by', of: (entry) => entry.actor },
  ])
  return ['', 'What happened:', ...lines]
}

const placeOf = (record: string | null | undefined): string => (record == null ? '' : `.${record.split('.')[1] ?? ''}`)

const bare = new Set(['destination', 'purpose', 'code', 'format', 'formKind', 'text', 'why'])

/** The details of an entry on one line; names of values are left out where the value speaks for itself. */
function detailWords(detail: Readonly<Record<string, unknown>>): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => {
      const words = typeof value === 'string' ? value : JSON.stringify(value)
      return bare.has(name) ? words : `${name} ${words}`
    })
    .join(', ')
}
