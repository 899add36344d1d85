import { chooseCharset, type Charset } from './charset.ts'
import { part, parts, separatorsOf, type Separators } from './separators.ts'
import { unescape } from './unescape.ts'

/** Where something stands in the bytes of the whole file. */
export interface Place {
  readonly from: number
  readonly length: number
}

/**
 * One line of a message, cut into fields when a field is first asked for. A text in it has one character for every byte,
 * so places in it are places in the bytes; `Hl7Message.text` makes readable text of it.
 */
export class Segment {
  readonly name: string
  readonly from: number
  readonly raw: string
  readonly #separator: string
  #fields: readonly string[] | undefined

  constructor(name: string, from: number, raw: string, separator: string) {
    this.name = name
    this.from = from
    this.raw = raw
    this.#separator = separator
  }

  /** A field by its number in the standard (MSH-1 is the separator itself); empty when it is not there. */
  field(n: number): string {
    const fields = (this.#fields ??= this.raw.split(this.#separator))
    if (this.name !== 'MSH') return fields[n] ?? ''
    return n === 1 ? this.#separator : (fields[n - 1] ?? '')
  }

  /** The number of its last field; of MSH as of any other. */
  get lastField(): number {
    return (this.#fields ??= this.raw.split(this.#separator)).length - (this.name === 'MSH' ? 0 : 1)
  }

  /** The bytes of a field; of an absent one the end of the segment. */
  place(n: number): Place {
    const whole = this.field(n)
    const before = (this.#fields ?? []).slice(0, this.name === 'MSH' ? n - 1 : n)
    if (this.name === 'MSH' && n === 1) return { from: this.from + 3, length: 1 }
    const offset = before.reduce((sum, field) => sum + field.length + this.#separator.length, 0)
    return { from: this.from + Math.min(offset, this.raw.length), length: whole.length }
  }
}

const mayBeNul = /X(?:[0-9A-Fa-f]{2})*00/

/** One message: MSH and what follows until the next MSH or the end of its batch. */
export class Hl7Message {
  readonly segments: readonly Segment[]
  readonly separators: Separators
  readonly header: Segment
  readonly #bytes: Uint8Array
  readonly #fallback: string
  #charset: Charset | undefined

  /** `bytes` are those of this message alone; `fallback` names the character set of its source. */
  constructor(header: Segment, segments: readonly Segment[], bytes: Uint8Array, fallback: string) {
    this.header = header
    this.segments = segments
    this.separators = separatorsOf(header.raw)
    this.#bytes = bytes
    this.#fallback = fallback
  }

  /** The character set its texts are in, judged once over all its bytes. */
  get charset(): Charset {
    return (this.#charset ??= chooseCharset(this.#bytes, this.repetitions(this.header.field(18)), this.#fallback))
  }

  repetitions(raw: string): readonly string[] {
    return parts(raw, this.separators.repetition)
  }

  component(raw: string, n: number): string {
    return part(raw, this.separators.component, n)
  }

  components(raw: string): readonly string[] {
    return parts(raw, this.separators.component)
  }

  subcomponent(raw: string, n: number): string {
    return part(raw, this.separators.subcomponent, n)
  }

  /** Readable text: escapes undone, then bytes read in the character set of the message. A NUL is left out. */
  text(raw: string): string {
    // PostgreSQL keeps no NUL in a text: one that came through would hold the message up for ever.
    return this.charset.decode(unescape(raw, this.separators)).replaceAll('\0', '')
  }

  /** Whether `text` leaves a NUL out: as it is, or written as an escape. */
  holdsNul(raw: string): boolean {
    return raw.includes('\0') || (mayBeNul.test(raw) && unescape(raw, this.separators).includes('\0'))
  }

  /** First component of the first repetition of a field, first subcomponent, as trimmed text: how codes and numbers stand. */
  code(segment: Segment, field: number, component = 1): string {
    const raw = part(segment.field(field), this.separators.repetition, 1)
    return raw === '' ? '' : this.text(this.subcomponent(this.component(raw, component), 1)).trim()
  }
}
