import { createHash } from 'node:crypto'
import { readNumber, type SentNumber } from './number.ts'
import type { ObservationValue, SentUnit } from '../lab/observation.ts'
import { codingOf } from './coding.ts'
import type { Hl7Message } from './message.ts'

/** A value with what its reader could not take at its word. */
export interface ValueReading {
  readonly value: ObservationValue
  readonly doubt: 'hl7-number-unreadable' | 'hl7-number-ambiguous' | null
}

/** What OBX says around the value itself. */
export interface ValueContext {
  readonly message: Hl7Message
  /** OBX-2, first component, upper case. */
  readonly type: string
  readonly unit: SentUnit | null
  /** OBX-7 holds numbers: then a number in a text is one. */
  readonly numericRange: boolean
}

/**
 * Reads OBX-5 by the type OBX-2 names (HL7 v2.5.1 section 7.4.2.5), every repetition by itself. A type nobody knows is text.
 *
 * @example readValue('<^5', { message, type: 'SN', unit: null, numericRange: false }).value // quantity 5, comparator '<'
 */
export function readValue(raw: string, context: ValueContext): ValueReading {
  if (raw === '') return sure({ state: 'none', reason: null })
  const repetitions = context.type === 'ED' ? [raw] : context.message.repetitions(raw)
  const read = repetitions.map((one) => readOne(one, context))
  const [first] = read
  if (read.length === 1 && first !== undefined) return first
  return {
    value: { state: 'several', values: read.map(({ value }) => value) },
    doubt: read.find(({ doubt }) => doubt !== null)?.doubt ?? null,
  }
}

const sure = (value: ObservationValue): ValueReading => ({ value, doubt: null })

function readOne(raw: string, context: ValueContext): ValueReading {
  if (raw === '') return sure({ state: 'none', reason: null })
  if (raw === '""') return sure({ state: 'none', reason: 'null' })
  switch (context.type) {
    case 'NM':
      return readNumeric(raw, context)
    case 'SN':
      return readStructured(raw, context)
    case 'CE':
    case 'CWE':
    case 'CNE':
    case 'CF':
    case 'IS':
    case 'ID':
      return sure({ state: 'coded', codings: codingOf(raw, context.message) })
    case 'ED':
      return sure(readDocument(raw, context))
    default:
      return readText(raw, context)
  }
}

const textOf = (raw: string, { message, unit }: ValueContext): ObservationValue => ({
  state: 'text',
  text: message.text(raw),
  unit,
})

function quantity(number: SentNumber, original: string, unit: SentUnit | null, more: Repairs = []): ObservationValue {
  const { value, comparator, decimals } = number
  return { state: 'quantity', value, comparator, unit, decimals, original, repairs: [...more, ...number.repairs] }
}

type Repairs = readonly ('decimal-comma' | 'comparator-in-text' | 'number-in-text')[]

function readNumeric(raw: string, context: ValueContext): ValueReading {
  const original = context.message.text(raw)
  const number = readNumber(original)
  if (number !== null) return sure(quantity(number, original, context.unit))
  return { value: textOf(raw, context), doubt: doubtOf(original) }
}

/** A number in a text counts as one when a unit or a range of numbers stands beside it; else it may be any mark. */
function readText(raw: string, context: ValueContext): ValueReading {
  if (context.unit === null && !context.numericRange) return sure(textOf(raw, context))
  const original = context.message.text(raw)
  const number = readNumber(original)
  if (number !== null) return sure(quantity(number, original, context.unit, ['number-in-text']))
  return { value: textOf(raw, context), doubt: mayBeThousand.test(original) ? 'hl7-number-ambiguous' : null }
}

/** `1,234` is a thousand or a little more than one. */
const mayBeThousand = /^\s*[<>=≤≥]*\s*[+-]?\d{1,3},\d{3}\s*$/

const doubtOf = (text: string): ValueReading['doubt'] =>
  mayBeThousand.test(text) ? 'hl7-number-ambiguous' : 'hl7-number-unreadable'

/**
 * SN: comparator, number, separator, second number. A ratio, a range or `2+` is no single number and stays text, written
 * together. Software that puts `<5` into one component is understood, and that it had to be is kept.
 */
function readStructured(raw: string, context: ValueContext): ValueReading {
  const [comparator = '', first = '', separator = '', second = ''] = context.message
    .components(raw)
    .map((one) => context.message.text(one).trim())
  const together = `${comparator}${first}${separator}${second}`
  const asText: ValueReading = sure({ state: 'text', text: together, unit: context.unit })
  if (separator !== '' || second !== '') return asText
  const original = [comparator, first].filter((one) => one !== '').join('^')
  const proper = /^(?:[<>]=?|=)?$/.test(comparator) && first !== '' && !/^[<>≤≥=]/.test(first)
  const number = readNumber(comparator === '=' ? first : together)
  if (number === null) return { ...asText, doubt: comparator === '<>' ? null : doubtOf(together) }
  const repairs = proper ? number.repairs.filter((one) => one !== 'comparator-in-text') : number.repairs
  return sure(quantity({ ...number, repairs }, original, context.unit))
}

/** ED: application, type, subtype, encoding, data. The document stays in the message; here are its size and hash. */
function readDocument(raw: string, { message }: ValueContext): ObservationValue {
  const [, type = '', subtype = '', encoding = ''] = message.components(raw).map((one) => message.text(one).trim())
  const data = message.component(raw, 5)
  const bytes = bytesOf(message.text(data), encoding.toLowerCase())
  const mediaType = (subtype === '' ? type : type === '' ? subtype : `${type}/${subtype}`).toLowerCase()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { state: 'document', mediaType: mediaType || 'application/octet-stream', bytes: bytes.length, sha256 }
}

function bytesOf(data: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(data, 'base64')
  return encoding === 'hex' ? Buffer.from(data.replace(/\s/g, ''), 'hex') : Buffer.from(data)
}
