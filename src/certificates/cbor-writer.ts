/**
 * Writes CBOR (RFC 8949, shortest forms, definite lengths) into one buffer that grows and is used again: a certificate
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

  /** A value of a certificate: text, a whole number, a list or an object of these. Properties that are undefined are left out. */
  value(value: unknown): void {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'number') return this.integer(value)
    if (Array.isArray(value)) {
      this.array(value.length)
      for (const item of value as readonly unknown[]) this.value(item)
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
      this.value(object[key])
    }
  }

  #wideText(value: string): void {
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
