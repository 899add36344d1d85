import { errorText } from '../kernel/errors.ts'
import type { Fault } from '../kernel/fault.ts'
import type { Format, ReadContext, Reading } from './format.ts'
import { tellMessages } from './hl7v2/told.ts'
import { recognise } from './recognise.ts'

interface ToldLine {
  readonly code: string
  readonly message: string
  readonly path: string
}

/** What `sluis read --json` prints of one message: a stable surface. */
export interface ReadLine {
  readonly file: string
  /** Place of the message in the file, from 0. */
  readonly index: number
  /** Null for a file without a message. */
  readonly format: string | null
  readonly ok: boolean
  readonly kind: string | null
  readonly sender: string | null
  readonly controlId: string | null
  readonly records: number
  /** In the units of the format: `forms`, `obx` or `observations` found, of them `mapped` to a record, and `kept` as evidence only. */
  readonly counts: Readonly<Record<string, number>>
  readonly errors: readonly ToldLine[]
  readonly warnings: readonly ToldLine[]
}

/** The messages in a file, or one line that says there is none. Never throws on any bytes. */
export function readMessages(file: string, bytes: Uint8Array, context: ReadContext): readonly ReadLine[] {
  const found = recognise(bytes)
  if (found.state === 'nothing') return [nothingIn(file, 0)]
  if (found.state === 'message' && found.format.name === 'hl7v2') return readHl7(file, bytes, context)
  if (found.state === 'message') return [readOne(file, 0, bytes, found.format, context)]
  return found.lines.map((line, index) => {
    const one = recognise(line)
    return one.state === 'message' ? readOne(file, index, line, one.format, context) : nothingIn(file, index)
  })
}

/** The line of a file that is too large to be a message. */
export function tooLarge(file: string, limit: number): ReadLine {
  const message = errorText('message-too-large', { limit }, 'en')
  return { ...nothingIn(file, 0), ok: false, errors: [{ code: 'message-too-large', message, path: '' }] }
}

function nothingIn(file: string, index: number): ReadLine {
  const nothing = { kind: null, sender: null, controlId: null, records: 0, counts: {}, errors: [], warnings: [] }
  return { file, index, format: null, ok: true, ...nothing }
}

function readHl7(file: string, bytes: Uint8Array, context: ReadContext): readonly ReadLine[] {
  return tellMessages(bytes, context).map(({ reading, kind, sender, controlId, counts }, index) => ({
    ...lineOf(file, index, reading),
    kind,
    sender,
    controlId,
    counts,
  }))
}

function readOne(file: string, index: number, bytes: Uint8Array, format: Format, context: ReadContext): ReadLine {
  return lineOf(file, index, format.read(bytes, context))
}

function lineOf(file: string, index: number, reading: Reading): ReadLine {
  const records = reading.state === 'read' ? reading.records : []
  const faults = reading.state === 'read' ? records.flatMap((record) => record.faults) : reading.faults
  const errors = faults.filter((fault) => fault.severity !== 'warning').map(tell)
  const kinds = new Set(records.map((record) => record.formKind))
  const mapped = records.filter((record) => record.content !== null || record.action.state === 'withdraw').length
  return {
    file,
    index,
    format: reading.format,
    ok: errors.length === 0,
    kind: kinds.size === 0 ? null : [...kinds].join('+'),
    sender: records.find((record) => record.author !== null)?.author?.organisationNihii ?? null,
    controlId: reading.messageId === '' ? null : reading.messageId,
    records: records.length,
    counts: reading.counts ?? { forms: records.length, mapped, kept: records.length - mapped },
    errors,
    warnings: faults.filter((fault) => fault.severity === 'warning').map(tell),
  }
}

function tell(fault: Fault): ToldLine {
  return { code: fault.code, message: errorText(fault.code, fault.params, 'en'), path: fault.path }
}
