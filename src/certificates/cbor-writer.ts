import { SluisError } from '../kernel/errors.ts'
import { depthLimit } from './cbor.ts'

/** A certificate stands in two maps of claims, and what is written must be read again. */
const levelLimit = depthLimit - 2

/**
 * Writes CBOR (RFC 8949, shortest forms of whole numbers, texts and containers, definite lengths) into one buffer that grows and is used again: a certificate
 * is written in a few microseconds, without an object per item.
 */
export class CborWriter {
  #bytes: Buffer
  #at: number

  constructor(size = 1024) {
    this.#bytes = Buffer.allocUnsafe(size)
    this.#at = 0
  }

  /** Starts again at `at`; what stood before is not kept. */
  restart(at = 0): void {
    this.#at = at
  }

  get length(): number {
    return this.#at
  }

  /** The buffer itself, up to what is written; valid until the next write. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  map(pairs: number): void {
    this.#head(0xa0, pairs)
  }

  array(items: number): void {
    this.#head(0x80, items)
  }

  integer(value: number): void {
    if (value < 0) this.#head(0x20, -1 - value)
    else this.#head(0x00, value)
  }

  /** Text in NFC, as hcert 1.0.8 section 3.2 asks of a writer. */
  text(value: string): void {
    this.#reserve(value.length + 9)
    const start = this.#at
    this.#head(0x60, value.length)
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 0x7f) {
        this.#at = start
        this.#wideText(value.normalize('NFC'))
        return
      }
      bytes[at++] = code
    }
    this.#at = at
  }

  /**
   * A value as JSON has them; properties that are undefined are left out. Throws `certificate-content-unwritable` for what
   * would not come back the same: a whole number past 2^53, half a character, more than 30 levels, and what is no JSON.
   */
  value(value: unknown, levels = levelLimit): void {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'number') return this.#number(value)
    if (value === null) return this.#head(0xe0, 22)
    if (typeof value === 'boolean') return this.#head(0xe0, value ? 21 : 20)
    if (typeof value !== 'object' || levels === 0) throw unwritable()
    if (Array.isArray(value)) {
      this.array(value.length)
      for (const item of value as readonly unknown[]) this.value(item, levels - 1)
      return
    }
    const object = value as Readonly<Record<string, unknown>>
    const keys = Object.keys(object)
    let pairs = 0
    for (const key of keys) if (object[key] !== undefined) pairs += 1
    this.map(pairs)
    for (const key of keys) {
      if (object[key] === undefined) continue
      this.text(key)
      this.value(object[key], levels - 1)
    }
  }

  /** A number with a fraction is a float of 64 bits: it comes back as it was, and no field of a certificate has one. */
  #number(value: number): void {
    if (Number.isSafeInteger(value)) return this.integer(value)
    if (!Number.isFinite(value) || Number.isInteger(value)) throw unwritable()
    this.#reserve(9)
    this.#bytes[this.#at++] = 0xfb
    this.#at = this.#bytes.writeDoubleBE(value, this.#at)
  }

  #wideText(value: string): void {
    if (!value.isWellFormed()) throw unwritable()
    const size = Buffer.byteLength(value)
    this.#reserve(size + 9)
    this.#head(0x60, size)
    this.#at += this.#bytes.write(value, this.#at)
  }

  #head(major: number, value: number): void {
    this.#reserve(9)
    if (value < 24) {
      this.#bytes[this.#at++] = major | value
    } else if (value < 0x100) {
      this.#bytes[this.#at++] = major | 24
      this.#bytes[this.#at++] = value
    } else if (value < 0x10000) {
      this.#bytes[this.#at++] = major | 25
      this.#at = this.#bytes.writeUInt16BE(value, this.#at)
    } else if (value < 0x100000000) {
      this.#bytes[this.#at++] = major | 26
      this.#at = this.#bytes.writeUInt32BE(value, this.#at)
    } else {
      this.#bytes[this.#at++] = major | 27
      this.#at = this.#bytes.writeBigUInt64BE(BigInt(value), this.#at)
    }
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe((this.#at + more) * 2)
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }
}

function unwritable(): SluisError {
  return new SluisError('certificate-content-unwritable', { levels: levelLimit })
}
