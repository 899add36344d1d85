import type { ResultLine } from './earlier.ts'

/**
 * The fields of a stored result in the order in which they stand in its tuple, as PostgreSQL's binary COPY writes them: first
 * those that are always there and as long as this says, so that each has its place.
 */
export const packedFields = {
  patient: 16,
  record: 8,
  message: 8,
  receivedAt: 8,
  takenAt: 8,
  ordinal: 4,
  senderId: 4,
  dataKey: 4,
  judged: 1,
  orderShared: 1,
  assumed: 1,
  receipt: 16,
  resultKey: 16,
  collectedAt: null,
  named: null,
  analyte: null,
  formKind: null,
  content: null,
} as const

type Field = keyof typeof packedFields

const countLength = 2
const sizeLength = 4
const lengths = Object.entries(packedFields) as readonly (readonly [Field, number | null])[]

/** Where a field begins in its tuple: its size stands before it. The fields after the last of them are looked for. */
const places = new Map<Field, number>()
let fixedEnd = countLength
for (const [field, length] of lengths) {
  if (length === null) continue
  places.set(field, fixedEnd + sizeLength)
  fixedEnd += sizeLength + length
}
const placeOf = (field: Field): number => places.get(field)!
const at = {
  patient: placeOf('patient'),
  record: placeOf('record'),
  message: placeOf('message'),
  receivedAt: placeOf('receivedAt'),
  takenAt: placeOf('takenAt'),
  ordinal: placeOf('ordinal'),
  senderId: placeOf('senderId'),
  dataKey: placeOf('dataKey'),
  judged: placeOf('judged'),
  orderShared: placeOf('orderShared'),
  assumed: placeOf('assumed'),
  receipt: placeOf('receipt'),
  resultKey: placeOf('resultKey'),
} as const

const collectedPlace = 0
const namedPlace = 1
const analytePlace = 2
const formKindPlace = 3
const contentPlace = 4

/** Of PostgreSQL's own time, 1 January 2000. */
const epoch = Date.UTC(2000, 0, 1)
const wholeInt = 0x1_0000_0000

/** A stored result that nobody has opened: its line in the index of results and its sealed content, read where they lie. */
export class PackedResult implements ResultLine {
  readonly #bytes: Buffer
  readonly #start: number
  #receipt: string | null = null
  #resultKey: string | null = null
  // Asked for again by every later result of the patient.
  #named: string | null | undefined
  #analyte: string | null | undefined
  #record: number | null = null

  /** @param start where its tuple begins in `bytes` */
  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes
    this.#start = start
  }

  get patient(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#start + at.patient, this.#start + at.patient + packedFields.patient))
  }

  isOfSamePatient(other: PackedResult): boolean {
    const [mine, theirs] = [this.#start + at.patient, other.#start + at.patient]
    return (
      this.#bytes.compare(other.#bytes, theirs, theirs + packedFields.patient, mine, mine + packedFields.patient) === 0
    )
  }

  /** In the order of a walk: by patient, then by record. */
  isAfter(other: PackedResult): boolean {
    const [mine, theirs] = [this.#start + at.patient, other.#start + at.patient]
    const order = this.#bytes.compare(
      other.#bytes,
      theirs,
      theirs + packedFields.patient,
      mine,
      mine + packedFields.patient,
    )
    return order === 0 ? this.record > other.record : order > 0
  }

  get record(): number {
    return (this.#record ??= this.#int8(at.record))
  }

  get id(): number {
    return this.record
  }

  get message(): number {
    return this.#int8(at.message)
  }

  get receivedAt(): Date {
    return new Date(this.receivedMs)
  }

  /** All moments in milliseconds since 1970. */
  get receivedMs(): number {
    return this.#moment(at.receivedAt)
  }

  /** When it was taken, else known, else received. */
  get at(): number {
    return this.#moment(at.takenAt)
  }

  /** The minute of collection as a number; null when none was said. */
  get minute(): number | null {
    const place = this.#find(collectedPlace)
    if (this.#sizeAt(place) < 0) return null
    return Math.floor(this.#moment(place + sizeLength - this.#start) / 60_000)
  }

  get ordinal(): number {
    return this.#bytes.readInt32BE(this.#start + at.ordinal)
  }

  get senderId(): number {
    return this.#bytes.readInt32BE(this.#start + at.senderId)
  }

  get dataKey(): number {
    return this.#bytes.readInt32BE(this.#start + at.dataKey)
  }

  /** False for what a report is not about; it is there because later results stand beside it. */
  get judged(): boolean {
    return this.#bytes[this.#start + at.judged] === 1
  }

  /** Another patient had its order number before. */
  get orderShared(): boolean {
    return this.#bytes[this.#start + at.orderShared] === 1
  }

  /** The characters of its message had to be assumed. */
  get assumed(): boolean {
    return this.#bytes[this.#start + at.assumed] === 1
  }

  get receipt(): string {
    return (this.#receipt ??= uuidOf(this.#bytes, this.#start + at.receipt))
  }

  /** A byte a letter: it is compared and never shown. */
  get resultKey(): string {
    const place = this.#start + at.resultKey
    return (this.#resultKey ??= this.#bytes.toString('latin1', place, place + packedFields.resultKey))
  }

  get named(): string | null {
    return this.#named === undefined ? (this.#named = this.#text(namedPlace, 'latin1')) : this.#named
  }

  get analyte(): string | null {
    return this.#analyte === undefined ? (this.#analyte = this.#text(analytePlace, 'utf8')) : this.#analyte
  }

  get formKind(): string {
    return this.#text(formKindPlace, 'utf8') ?? ''
  }

  get content(): Buffer {
    const place = this.#find(contentPlace)
    return this.#bytes.subarray(place + sizeLength, place + sizeLength + this.#sizeAt(place))
  }

  #int8(offset: number): number {
    const place = this.#start + offset
    return this.#bytes.readInt32BE(place) * wholeInt + this.#bytes.readUInt32BE(place + 4)
  }

  #moment(offset: number): number {
    return Math.round(this.#int8(offset) / 1_000) + epoch
  }

  #text(nth: number, encoding: 'utf8' | 'latin1'): string | null {
    const place = this.#find(nth)
    const size = this.#sizeAt(place)
    return size < 0 ? null : this.#bytes.toString(encoding, place + sizeLength, place + sizeLength + size)
  }

  /** Where the size of a field stands that comes after those of a fixed length. */
  #find(nth: number): number {
    let place = this.#start + fixedEnd
    for (let passed = 0; passed < nth; passed++) place += sizeLength + Math.max(0, this.#sizeAt(place))
    return place
  }

  #sizeAt(place: number): number {
    return this.#bytes.readInt32BE(place)
  }
}

/** The results whose tuples begin at these places. Throws when a tuple is none of these fields. */
export function packedResults(bytes: Buffer, starts: Iterable<number>): PackedResult[] {
  return Array.from(starts, (start) => {
    if (bytes.readInt16BE(start) !== lengths.length)
      throw new TypeError('a tuple has other fields than a packed result')
    return new PackedResult(bytes, start)
  })
}

function uuidOf(bytes: Buffer, place: number): string {
  const hex = bytes.toString('hex', place, place + 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
