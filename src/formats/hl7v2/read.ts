import type { Fault } from '../../kernel/fault.ts'
import { sha256 } from '../../kernel/ids.ts'
import type { Format, ReadContext, Reading } from '../format.ts'
import type { ObservationContent, LabPatient } from '../lab/observation.ts'
import type { CanonicalRecord, Subject } from '../record.ts'
import { countResults } from './count.ts'
import type { Hl7Message, Segment } from './message.ts'
import { ownOffset } from './moment.ts'
import { toResults } from './lines.ts'
import { readObservation, readTime, type MessageFacts, type Warn } from './observation.ts'
import { nobody, readPatient } from './patient.ts'
import { nameFrom, sourceByHeader, sourceDefaults, type LabSource } from './sources.ts'
import { splitMessages, type Hl7File, type StrayResult } from './split.ts'
import { fromUtf16 } from './utf-16.ts'
import { findResults } from './walk.ts'

const format = 'hl7v2'

/** How many results one message may carry: a record's number has four digits. */
export const resultsAtMost = 9_999

/** The content types of HL7v2, as senders write them. */
export const hl7ContentTypes = [
  'application/hl7-v2',
  'application/hl7-v2+er7',
  'x-application/hl7-v2+er7',
  'application/edi-hl7v2',
  'application/edi-hl7',
  'text/hl7v2',
] as const

/**
 * The format of HL7v2 in vertical bars: one message, several, or a batch. Every OBX becomes one record, in the order of the
 * bytes; a message without one is read with no records. What an OBX holds and cannot be made a result stays in the message,
 * and its record says why. The number of OBX is counted a second time, without the reader: when the two disagree nothing is
 * read at all (no result may be lost in silence).
 *
 * @example readHl7v2(shippedSources()).read(bytes, { receivedAt: new Date() }).state // 'read'
 */
export function readHl7v2(sources: readonly LabSource[]): Format {
  return {
    name: format,
    service: 'lab',
    contentTypes: hl7ContentTypes,
    read(bytes, context) {
      const file = splitHl7(bytes, sources)
      const messageId = messageIdOf(file, bytes)
      if (file.messages.length === 0)
        return unreadable(messageId, fromUtf16(bytes) === null ? 'hl7-not-recognised' : 'hl7-utf-16', {})
      const counted = countResults(bytes)
      if (counted > resultsAtMost || sizeTold(file) > toldAtMost)
        return unreadable(messageId, 'hl7-too-many-results', { limit: resultsAtMost })
      const records = readRecords(file, sources, context)
      if (records.length === counted) return { state: 'read', format, messageId, records }
      return unreadable(messageId, 'hl7-results-lost', { counted, read: records.length })
    },
  }
}

/** Every record carries its patient and order: a huge one under thousands of results would fill the memory. */
const toldAtMost = 32 * 1024 * 1024

function sizeTold(file: Hl7File): number {
  const size = (segment: Segment | null): number => segment?.raw.length ?? 0
  let sum = 0
  for (const message of file.messages) {
    for (const { segment, patient, order, common, orderNotes } of findResults(message)) {
      sum += size(segment) + size(patient) + size(order) + size(common)
      for (const note of orderNotes) sum += size(note)
      if (sum > toldAtMost) return sum
    }
  }
  return sum
}

/** Cuts bytes as the reader does: each message in the character set agreed with its source. */
export function splitHl7(bytes: Uint8Array, sources: readonly LabSource[]): Hl7File {
  return splitMessages(bytes, (application, facility) => {
    return sourceByHeader(sources, application, facility)?.charset ?? sourceDefaults.charset
  })
}

function unreadable(messageId: string, code: Fault['code'], params: Fault['params']): Reading {
  return { state: 'unreadable', format, messageId, faults: [{ code, severity: 'error', path: '', params }] }
}

/**
 * The control id with a hash of the bytes: senders use their control ids again for other content, and that is a new message
 * (docs/decisions). Empty when the first message has no usable control id; the hash alone is then its id.
 */
function messageIdOf(file: Hl7File, bytes: Uint8Array): string {
  const [first] = file.messages
  const controlId = first?.code(first.header, 10) ?? ''
  return /^[!-~]{1,40}$/.test(controlId) ? `${controlId}#${sha256(bytes).toString('hex').slice(0, 16)}` : ''
}

/**
 * The control id (MSH-10) in the message id of an HL7v2 message; null when its sender gave none.
 *
 * @example controlIdOf('MSG00001#0123456789abcdef') // 'MSG00001'
 */
export function controlIdOf(messageId: string): string | null {
  return /^(.+)#[0-9a-f]{16}$/.exec(messageId)?.[1] ?? null
}

function readRecords(file: Hl7File, sources: readonly LabSource[], context: ReadContext): CanonicalRecord[] {
  const records: CanonicalRecord[] = []
  const add = (make: (ordinal: number) => CanonicalRecord): void => void records.push(make(records.length))
  const several = file.messages.length > 1
  const strays = Map.groupBy(file.strayResults, ({ message }) => message)
  file.messages.forEach((message, index) => {
    const path = several ? `/MSH/${index + 1}` : ''
    for (const result of readMessage(message, path, sources, context)) add((ordinal) => ({ ...result, ordinal }))
    for (const stray of strays.get(index) ?? [])
      add((ordinal) => strayRecord(stray, 'hl7-separator-other', ordinal, versionOf(message)))
  })
  for (const stray of strays.get(null) ?? [])
    add((ordinal) => strayRecord(stray, 'hl7-result-without-message', ordinal, ''))
  return records
}

const versionOf = (message: Hl7Message): string => {
  const version = message.code(message.header, 12)
  return /^[!-~]{1,20}$/.test(version) ? version : ''
}

function strayRecord(stray: StrayResult, code: Fault['code'], ordinal: number, formVersion: string): CanonicalRecord {
  const path = `/byte/${stray.from}`
  return { ...emptyRecord(formVersion), ordinal, faults: [{ code, severity: 'error', path, params: {} }] }
}

const emptyRecord = (formVersion: string): CanonicalRecord => ({
  ordinal: 0,
  service: 'lab',
  formKind: 'observation',
  form: 'oru',
  formVersion,
  action: { state: 'new' },
  subject: null,
  author: null,
  happenedAt: null,
  content: null,
  faults: [],
})

function readMessage(
  message: Hl7Message,
  path: string,
  sources: readonly LabSource[],
  context: ReadContext,
): CanonicalRecord[] {
  const [application, facility] = [message.code(message.header, 3), message.code(message.header, 4)]
  const known = sourceByHeader(sources, application, facility)
  const named = known !== null && known.source !== 'from-message' ? known.source : nameFrom(application, facility)
  const clock = { zone: known?.zone ?? sourceDefaults.zone, receivedAt: context.receivedAt, offset: null }
  const time = { ...clock, offset: ownOffset(message.code(message.header, 7), clock) }
  const common = makeFaults(path)
  const sentAt = readTime(message.header, 7, message, time, common.warn)
  if (message.charset.state !== 'fits') common.warn('hl7-charset', 'MSH-18', { charset: message.charset.name })
  const withNul = message.segments.find(({ name, raw }) => name !== '' && name !== 'OBX' && message.holdsNul(raw))
  if (withNul !== undefined) common.warn('hl7-nul', withNul.name)
  const facts: MessageFacts = { message, source: named, sentAt, time, path }
  const formVersion = versionOf(message)
  const patients = new Map<Segment, LabPatient>()
  const read = findResults(message).map((result) => {
    const patient = result.patient === null ? nobody : patientOf(result.patient, message, time, patients)
    const own = makeFaults(`${path}/OBX/${result.number}`)
    return { own, line: readObservation(result, patient, facts, own.warn) }
  })
  const observations = toResults(read.map(({ line }) => line))
  return read.map(({ own }, index) => readResult(observations[index]!, own, common.list, formVersion))
}

function patientOf(
  segment: Segment,
  message: Hl7Message,
  time: MessageFacts['time'],
  known: Map<Segment, LabPatient>,
): LabPatient {
  const patient = known.get(segment) ?? readPatient(segment, message, time)
  known.set(segment, patient)
  return patient
}

function readResult(
  observation: ObservationContent,
  own: ReturnType<typeof makeFaults>,
  common: readonly Fault[],
  formVersion: string,
): CanonicalRecord {
  const { patient } = observation
  const { original } = observation.code
  const isResult = original.code !== '' || original.text !== ''
  if (!isResult) own.refuse('hl7-result-without-code', 'OBX-3')
  if (patient.identifiers.length === 0 && patient.familyName === '') own.refuse('hl7-patient-missing', 'PID')
  return {
    ...emptyRecord(formVersion),
    subject: subjectOf(patient),
    happenedAt: (observation.collectedAt ?? observation.resultAt)?.at ?? null,
    content: isResult ? observation : null,
    faults: [...own.list, ...common],
  }
}

function subjectOf(patient: ObservationContent['patient']): Subject | null {
  if (patient === nobody) return null
  const { familyName, givenName, birthDate, sex } = patient
  const insz = patient.identifiers.find(({ scheme }) => scheme === 'insz')?.value ?? null
  return { insz, familyName, givenName, birthDate, sex, language: null, phone: null, postalCode: null }
}

/** Gathers faults below a place, each code once for each field. */
function makeFaults(path: string) {
  const list: Fault[] = []
  const add = (severity: Fault['severity'], code: Fault['code'], field: string, params: Fault['params'] = {}): void => {
    const at = `${path}/${field.replace(/^OBX-/, '')}`
    if (!list.some((fault) => fault.code === code && fault.path === at))
      list.push({ code, severity, path: at, params: { field, ...params } })
  }
  return {
    list: list as readonly Fault[],
    warn: ((code, field, params) => add('warning', code, field, params)) satisfies Warn as Warn,
    refuse: (code: Fault['code'], field: string): void => add('error', code, field),
  }
}
