import type { ErrorCode } from '../../kernel/errors.ts'
import type { Header } from './header.ts'

/** HL7 table 0008: what became of it (AA, AE, AR), or only whether it is kept (CA, CE, CR). */
export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR'

/** One thing to say about the message, as an ERR segment. */
export interface AckFault {
  readonly code: ErrorCode
  readonly severity: 'error' | 'warning'
  /** JSON Pointer of the fault, such as `/OBX/3/5`. */
  readonly path: string
  readonly text: string
}

export interface Acknowledgement {
  readonly code: AckCode
  /** The receipt number; null when nothing was kept. */
  readonly receipt: string | null
  readonly faults: readonly AckFault[]
  readonly now: Date
  /** Number of this answer, unique on the node. */
  readonly id: string
}

const faultsAtMost = 20

/**
 * Writes the acknowledgement of a message (HL7 v2.5.1 section 2.9 and 2.14): separators, version, processing id and
 * character set as the sender's, parties swapped, its control id in MSA-2 and the receipt in MSA-3, and an ERR segment for
 * each fault with a code of table 0357. Without a header to answer to it speaks plain version 2.5.1.
 *
 * @example writeAcknowledgement(header, { code: 'AA', receipt, faults: [], now, id }).toString('latin1')
 */
export function writeAcknowledgement(header: Header | null, ack: Acknowledgement): Buffer {
  const write = writerFor(header)
  const { separator, echo, text } = write
  const event = header === null ? '' : echo(9, 2)
  const newer = isNewer(header)
  const kind = ['ACK', event, newer ? 'ACK' : ''].filter((part, place) => part !== '' || (place === 1 && newer))
  const fields = [
    `MSH${separator}${write.encoding}`,
    echo(5) || 'SLUIS',
    echo(6),
    echo(3),
    echo(4),
    timeOf(ack.now),
    '',
    kind.join(write.component),
    ack.id,
    echo(11) || 'P',
    echo(12) || '2.5.1',
    '',
    '',
    '',
    '',
    '',
    echo(18),
  ]
  const head = fields.join(separator).replace(new RegExp(`(?:${escapeForPattern(separator)})+$`), '')
  const msa = ['MSA', ack.code, echo(10), text(ack.receipt ?? '')].join(separator)
  const errors = ack.faults
    .slice(0, faultsAtMost)
    .map((fault) => (newer ? newError(fault, write) : oldError(fault, write)))
  return Buffer.from(`${[head, msa, ...errors].join('\r')}\r`, 'latin1')
}

interface Writer {
  readonly separator: string
  readonly component: string
  readonly subcomponent: string
  readonly encoding: string
  /** A field, or one component of it, of the sender's MSH as it was sent. */
  echo(field: number, component?: number): string
  /** A text of ours in the sender's separators and character set. */
  text(text: string): string
}

function writerFor(header: Header | null): Writer {
  const separators = header?.message.separators
  const {
    field: separator = '|',
    component = '^',
    subcomponent = '&',
    escape = '\\',
    repetition = '~',
  } = separators ?? {}
  const special = new Map([
    [escape, 'E'],
    [separator, 'F'],
    [component, 'S'],
    [subcomponent, 'T'],
    [repetition, 'R'],
  ])
  const unicode = /UTF-?8/i.test(header?.message.header.field(18) ?? '')
  return {
    separator,
    component: component || '^',
    subcomponent: subcomponent || '&',
    encoding: header?.message.header.field(2) || '^~\\&',
    echo(field, part) {
      const raw = header?.message.header.field(field) ?? ''
      if (part === undefined) return raw.slice(0, 500)
      return (header?.message.component(raw, part) ?? '').slice(0, 100)
    },
    text(text) {
      const bytes = unicode ? Buffer.from(text).toString('latin1') : toAscii(text)
      return bytes
        .split('')
        .map((one) => (special.has(one) && escape ? `${escape}${special.get(one)!}${escape}` : one))
        .join('')
    },
  }
}

/** Letters without their accents: a sender that did not ask for Unicode can read them in any character set. */
function toAscii(text: string): string {
  return text
    .replace(/[’‘]/g, "'")
    .normalize('NFKD')
    .replace(/[^ -~]/g, '')
}

const escapeForPattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** From 2.5 on ERR has a field for each thing, and MSH-9 a third component. */
function isNewer(header: Header | null): boolean {
  const found = /^2\.(\d)/.exec(header?.version ?? '2.5')
  return found === null || Number(found[1]) >= 5
}

function newError(fault: AckFault, write: Writer): string {
  const severity = fault.severity === 'error' ? 'E' : 'W'
  const place = placeOf(fault.path).join(write.component)
  const [code, meaning] = conditionOf(fault.code)
  const condition = [code, meaning, 'HL70357'].join(write.component)
  return ['ERR', '', place, condition, severity, fault.code, '', '', write.text(fault.text)].join(write.separator)
}

function oldError(fault: AckFault, write: Writer): string {
  const [segment = '', sequence = '', field = ''] = placeOf(fault.path)
  const [code, meaning] = conditionOf(fault.code)
  const condition = [code, meaning, 'HL70357', fault.code, write.text(fault.text)].join(write.subcomponent)
  return ['ERR', [segment, sequence, field, condition].join(write.component)].join(write.separator)
}

/** Segment, its number and the field, as in ERL, from a pointer such as `/MSH/1/OBX/3/5` or `/MSH-7`. */
function placeOf(path: string): readonly string[] {
  const named = /([A-Z][A-Z0-9]{2})-(\d+)$/.exec(path)
  if (named !== null) return [named[1]!, '1', named[2]!]
  const found = /([A-Z][A-Z0-9]{2})\/(\d+)(?:\/(\d+))?(?:\/PID)?$/.exec(path)
  if (found === null) return []
  return path.endsWith('/PID') ? ['PID', '1'] : [found[1]!, found[2]!, ...(found[3] === undefined ? [] : [found[3]])]
}

/** Codes of table 0357. */
function conditionOf(code: ErrorCode): readonly [string, string] {
  switch (code) {
    case 'hl7-not-recognised':
    case 'hl7-result-without-message':
    case 'hl7-separator-other':
      return ['100', 'Segment sequence error']
    case 'hl7-result-without-code':
    case 'hl7-patient-missing':
    case 'message-empty':
      return ['101', 'Required field missing']
    case 'hl7-charset':
    case 'hl7-time-unreadable':
    case 'hl7-time-twice':
    case 'hl7-time-never':
    case 'hl7-number-unreadable':
    case 'hl7-number-ambiguous':
      return ['102', 'Data type error']
    case 'hl7-status-unknown':
      return ['103', 'Table value not found']
    case 'mllp-source-unknown':
      return ['204', 'Unknown key identifier']
    default:
      return ['207', 'Application internal error']
  }
}

const timeOf = (moment: Date): string => `${moment.toISOString().slice(0, 19).replace(/[-T:]/g, '')}+0000`
