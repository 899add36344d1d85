import { Hl7Message, Segment } from './message.ts'
import { part, separatorsOf } from './separators.ts'

/** What a file of HL7v2 holds. */
export interface Hl7File {
  readonly messages: readonly Hl7Message[]
  /** Lines named OBX that belong to no message, or whose separator is not that of their message. */
  readonly strayResults: readonly StrayResult[]
}

export interface StrayResult {
  readonly from: number
  readonly length: number
  /** Place of its message in the file, from 0; null when it stands outside every message. */
  readonly message: number | null
}

/** The part of the bytes one message takes, batch lines not counted. */
export interface MessageBytes {
  readonly from: number
  readonly to: number
}

/** The character set agreed with a source, by the raw sending application and facility (MSH-3 and MSH-4). */
export type CharsetOf = (application: string, facility: string) => string

const segmentStart = /^[A-Z][A-Z0-9]{2}$/
/**
 * The segments of messages with results or orders (HL7 v2.5.1 chapters 4, 7 and 13). Three capitals with nothing behind them
 * begin a segment only when they are one of these; `HIV` or `B12` on a line of its own is text.
 */
const knownBare: ReadonlySet<string> = new Set(
  `SFT UAC EVT MSA ERR PID PD1 NK1 NTE PV1 PV2 AL1 IN1 IN2 IN3 GT1 ORC OBR OBX TQ1 TQ2 CTD CTI DG1 SPM SAC INV SID TCD TCC
    FT1 BLG PRT ROL ARV DSC QRD QRF QPD QAK DSP MRG`.split(/\s+/),
)
const envelope: ReadonlySet<string> = new Set(['FHS', 'BHS', 'BTS', 'FTS'])

/**
 * Cuts bytes into messages and segments (HL7 v2.5.1 sections 2.5 and 2.10.3), as senders really write them: lines end with
 * CR, LF or CRLF, also mixed; blank lines and blanks before a segment are passed over; a line that begins no segment
 * continues the field before it; FHS and BHS batches, or messages one after the other. Nothing is decoded yet.
 *
 * @example splitMessages(bytes, () => '8859/1').messages[0]?.header.field(10) // the control id
 */
export function splitMessages(bytes: Uint8Array, charsetOf: CharsetOf): Hl7File {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const messages: Hl7Message[] = []
  const strayResults: StrayResult[] = []
  let open: Started | null = null
  const close = (): void => {
    if (open !== null) messages.push(finish(open, text, bytes, charsetOf))
    open = null
  }
  for (const line of linesOf(text)) {
    const kind = kindOf(text, line, open)
    if (kind === 'message') {
      close()
      open = { separator: text.charAt(line.from + 3) || '|', lines: [named('MSH', line)] }
    } else if (kind === 'envelope') close()
    else if (kind === 'stray') {
      strayResults.push(strayAt(line, open === null ? null : messages.length))
      // Without a name, so that nobody reads it and a line that continues it continues no other segment.
      open?.lines.push(named('', line))
    } else if (open !== null && kind === 'segment') open.lines.push(named(text.slice(line.from, line.from + 3), line))
    else if (open !== null) open.lines.at(-1)!.to = line.to
  }
  close()
  return { messages, strayResults }
}

/** Where the messages of a file lie, for those who hand each to somebody else. */
export function messageRanges(file: Hl7File): readonly MessageBytes[] {
  return file.messages.map(({ segments, header }) => {
    const last = segments.at(-1) ?? header
    return { from: header.from, to: last.from + last.raw.length }
  })
}

interface Line {
  readonly from: number
  readonly to: number
}

interface NamedLine {
  readonly name: string
  readonly from: number
  to: number
}

interface Started {
  readonly separator: string
  readonly lines: NamedLine[]
}

const named = (name: string, { from, to }: Line): NamedLine => ({ name, from, to })

const strayAt = ({ from, to }: Line, message: number | null): StrayResult => ({ from, length: to - from, message })

/** Lines that are not blank, without the blanks and control characters (framing, a byte order mark) before their text. */
function* linesOf(text: string): Generator<Line> {
  const { length } = text
  let nextReturn = text.indexOf('\r')
  let nextFeed = text.indexOf('\n')
  for (let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0; at < length;) {
    if (nextReturn >= 0 && nextReturn < at) nextReturn = text.indexOf('\r', at)
    if (nextFeed >= 0 && nextFeed < at) nextFeed = text.indexOf('\n', at)
    const end = Math.min(nextReturn < 0 ? length : nextReturn, nextFeed < 0 ? length : nextFeed)
    let from = at
    while (from < end && isBlank(text.charCodeAt(from))) from++
    if (from < end) yield { from, to: end }
    at = end + 1
  }
}

const isBlank = (code: number): boolean => code <= 0x20

function kindOf(text: string, { from, to }: Line, open: Started | null): LineKind {
  const name = text.slice(from, Math.min(from + 3, to))
  const next = from + 3 < to ? text.charAt(from + 3) : ''
  if (!segmentStart.test(name)) return 'text'
  if (name === 'MSH') return /^[A-Za-z0-9 ]$/.test(next) ? 'text' : 'message'
  if (envelope.has(name) && !/^[A-Za-z0-9 ]$/.test(next)) return 'envelope'
  if (open !== null && (next === open.separator || (next === '' && knownBare.has(name)))) return 'segment'
  return name === 'OBX' && !/^[A-Za-z0-9 ]$/.test(next) ? 'stray' : 'text'
}

type LineKind = 'message' | 'envelope' | 'segment' | 'stray' | 'text'

function finish({ separator, lines }: Started, text: string, bytes: Uint8Array, charsetOf: CharsetOf): Hl7Message {
  const segments = lines.map(({ name, from, to }) => new Segment(name, from, text.slice(from, to), separator))
  const header = segments[0]!
  const from = lines[0]!.from
  const own = bytes.subarray(from, lines.at(-1)!.to)
  const { component } = separatorsOf(header.raw)
  const party = (n: number): string => part(header.field(n), component, 1)
  return new Hl7Message(header, segments, own, charsetOf(party(3), party(4)))
}
