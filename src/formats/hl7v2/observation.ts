import type { Fault } from '../../kernel/fault.ts'
import { resultKeyOf } from '../lab/result-key.ts'
import type { LabPatient, Moment, ObservationContent, SentUnit } from '../lab/observation.ts'
import { codingOf } from './coding.ts'
import type { ReadLine } from './lines.ts'
import type { Hl7Message, Segment } from './message.ts'
import { readMoment, type TimeContext } from './moment.ts'
import { readRange } from './range.ts'
import { statusOf } from './status.ts'
import { readValue } from './value.ts'
import type { FoundResult } from './walk.ts'

/** What all results of one message share. */
export interface MessageFacts {
  readonly message: Hl7Message
  readonly source: string
  readonly sentAt: Moment | null
  readonly time: TimeContext
  /** JSON Pointer of the message inside the bytes; empty when it is the only one. */
  readonly path: string
}

/** Collects warnings of one result, each code once a place. */
export type Warn = (code: Fault['code'], field: string, params?: Fault['params']) => void

/**
 * Makes the observation of one OBX (HL7 v2.5.1 section 7.4.2). Everything is kept as it was sent; times, numbers and status
 * are read, never guessed, and what could not be read is told through `warn`. It may yet be one line of a result.
 */
export function readObservation(result: FoundResult, patient: LabPatient, facts: MessageFacts, warn: Warn): ReadLine {
  const { message, time } = facts
  const { segment, order } = result
  const moment = (of: Segment | null, field: number): Moment | null => readTime(of, field, message, time, warn)
  const unit = unitOf(segment, message)
  const referenceRange = readRange(message.text(segment.field(7)), unit?.text ?? '')
  const collectedAt = moment(segment, 14) ?? moment(order, 7)
  const [original, ...alternates] = codingOf(firstOf(segment.field(3), message), message)
  const sentStatus = message.code(segment, 11)
  const reportStatus = order === null ? '' : message.code(order, 25)
  const status = statusOf(sentStatus, reportStatus)
  const statusField = sentStatus === '' ? reportStatus && 'OBR-25' : 'OBX-11'
  if (status === 'unknown' && statusField !== '') warn('hl7-status-unknown', statusField)
  const numericRange = referenceRange !== null && (referenceRange.low !== null || referenceRange.high !== null)
  const type = message.code(segment, 2).toUpperCase()
  const { value, doubt } = readValue(segment.field(5), { message, type, unit, numericRange })
  if (doubt !== null) warn(doubt, 'OBX-5')
  const isNowFinal = sentStatus.toUpperCase() === 'U'
  const leftOut = isNowFinal && message.text(segment.field(5)).trim() === ''
  if (leftOut) warn('hl7-value-not-repeated', 'OBX-5')
  if (message.holdsNul(segment.raw)) warnOfNul(segment, message, warn)
  const orderNumbers = orderOf(result, message)
  const code = { original, alternates }
  const subId = message.code(segment, 4) || null
  const identity = {
    source: facts.source,
    order: orderNumbers,
    code,
    subId,
    parentSubId: order === null ? null : message.code(order, 26, 2) || null,
    collectedAt,
    patient: patient.identifiers[0]?.value ?? `${patient.familyName} ${patient.birthDate}`,
  }
  const content: ObservationContent = {
    kind: 'observation',
    source: facts.source,
    origin: {
      format: 'hl7v2',
      path: `${facts.path}/OBX/${result.number}`,
      from: segment.from,
      length: segment.raw.length,
    },
    order: orderNumbers,
    resultKey: resultKeyOf(identity),
    code,
    subId,
    value,
    // `U` makes final what was sent before. What that was is not known here, and nothing must not take its place.
    status: leftOut ? 'registered' : status,
    collectedAt,
    resultAt: moment(segment, 19) ?? moment(order, 22),
    sentAt: facts.sentAt,
    referenceRange,
    interpretation: message
      .repetitions(segment.field(8))
      .map((raw) => message.text(message.component(raw, 1)).trim().toUpperCase())
      .filter((flag) => flag !== '' && flag !== '""'),
    notes: result.notes.flatMap((note) => noteOf(note, message)),
    patient,
    requester: (order && message.code(order, 16)) || (result.common && message.code(result.common, 12)) || null,
  }
  const isText = type === 'TX' || type === 'FT'
  return { content, identity, order, isText, isNowFinal, leftOut }
}

/** A time of a field, or null; what is written and cannot be read, or stands in a doubtful hour, is told. */
export function readTime(
  segment: Segment | null,
  field: number,
  message: Hl7Message,
  time: TimeContext,
  warn: Warn,
): Moment | null {
  if (segment === null) return null
  const reading = readMoment(message.code(segment, field), time)
  if (reading.state === 'absent') return null
  const name = `${segment.name}-${field}`
  if (reading.state === 'unreadable') {
    warn('hl7-time-unreadable', name)
    return null
  }
  if (reading.doubt !== null) warn(reading.doubt === 'twice' ? 'hl7-time-twice' : 'hl7-time-never', name)
  return reading.moment
}

function warnOfNul(segment: Segment, message: Hl7Message, warn: Warn): void {
  // Fields behind those of the standard are not read, and there may be hundreds of thousands.
  for (let n = 1; n <= Math.min(segment.lastField, lastOfObx); n++)
    if (message.holdsNul(segment.field(n))) warn('hl7-nul', `OBX-${n}`)
}

const lastOfObx = 30

const firstOf = (raw: string, message: Hl7Message): string => message.repetitions(raw)[0] ?? ''

function unitOf(segment: Segment, message: Hl7Message): SentUnit | null {
  const [unit] = codingOf(firstOf(segment.field(6), message), message)
  const text = unit.code || unit.text
  return text === '' ? null : { text, system: unit.system }
}

function orderOf({ order, common, orderNotes }: FoundResult, message: Hl7Message): ObservationContent['order'] {
  const number = (ofOrder: number): string | null =>
    (order && message.code(order, ofOrder)) || (common && message.code(common, ofOrder)) || null
  const [panel] = order === null ? [null] : codingOf(firstOf(order.field(4), message), message)
  const named = panel !== null && (panel.code !== '' || panel.text !== '')
  const notes = orderNotes.flatMap((note) => noteOf(note, message))
  const told = notes.length === 0 ? {} : { notes }
  return { placer: number(2), filler: number(3), panel: named ? panel : null, ...told }
}

/** NTE-3, its repetitions as lines; nothing for a note without text. */
function noteOf(note: Segment, message: Hl7Message): readonly string[] {
  const text = message
    .repetitions(note.field(3))
    .map((raw) => message.text(raw))
    .join('\n')
  return text.trim() === '' || text === '""' ? [] : [text]
}
