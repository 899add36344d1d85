/** Where objects stand in the bytes, and how their numbers were written: `5.0` is more than 5. */
export interface Places {
  /** First byte and number of bytes of an object. */
  readonly spans: ReadonlyMap<object, readonly [from: number, length: number]>
  /** A number of an object as sent, by its key. */
  numberText(owner: object, key: string): string | undefined
}

/**
 * Walks the bytes of a JSON text beside what was parsed from it. Only resources and components get a span, and only numbers
 * that JSON.parse writes otherwise are kept. The text must be one that was read before: UTF-8, no key twice.
 */
export function locate(bytes: Uint8Array, root: unknown): Places {
  const walker = new Walker(bytes)
  walker.value(root, null, '')
  return {
    spans: walker.spans,
    numberText: (owner, key) => walker.numbers.get(owner)?.get(key),
  }
}

const quote = 0x22
const backslash = 0x5c

class Walker {
  readonly spans = new Map<object, readonly [number, number]>()
  readonly numbers = new Map<object, Map<string, string>>()
  private at = 0
  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  value(parsed: unknown, owner: object | null, key: string): void {
    this.blanks()
    const byte = this.bytes[this.at]
    if (byte === 0x7b) this.object(parsed)
    else if (byte === 0x5b) this.list(parsed)
    else if (byte === quote) this.text()
    else this.word(parsed, owner, key)
  }

  private object(parsed: unknown): void {
    const from = this.at++
    const members = typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {}
    for (this.blanks(); this.bytes[this.at] !== 0x7d && this.at < this.bytes.length; this.blanks()) {
      const start = this.at
      this.text()
      const key = this.keyAt(start)
      this.blanks()
      this.at++
      this.value(Object.hasOwn(members, key) ? members[key] : undefined, members, key)
      this.blanks()
      if (this.bytes[this.at] === 0x2c) this.at++
    }
    this.at++
    if ('resourceType' in members || 'code' in members) this.spans.set(members, [from, this.at - from])
  }

  private list(parsed: unknown): void {
    this.at++
    let index = 0
    for (this.blanks(); this.bytes[this.at] !== 0x5d && this.at < this.bytes.length; this.blanks()) {
      this.value(Array.isArray(parsed) ? (parsed[index++] as unknown) : undefined, null, '')
      this.blanks()
      if (this.bytes[this.at] === 0x2c) this.at++
    }
    this.at++
  }

  private text(): void {
    for (this.at++; this.at < this.bytes.length; this.at++) {
      const end = this.bytes.indexOf(quote, this.at)
      this.at = end < 0 ? this.bytes.length : end
      let slashes = 0
      while (this.bytes[this.at - 1 - slashes] === backslash) slashes++
      if (slashes % 2 === 0) break
    }
    this.at++
  }

  private keyAt(start: number): string {
    const raw = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, this.at - start).toString('utf8')
    return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1)
  }

  private word(parsed: unknown, owner: object | null, key: string): void {
    const start = this.at
    while (this.at < this.bytes.length && !ends.has(this.bytes[this.at]!)) this.at++
    if (this.at === start) this.at++
    if (typeof parsed !== 'number' || owner === null) return
    const raw = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, this.at - start).toString('latin1')
    if (raw === String(parsed)) return
    const own = this.numbers.get(owner) ?? new Map<string, string>()
    this.numbers.set(owner, own.set(key, raw))
  }

  private blanks(): void {
    while (blank.has(this.bytes[this.at]!)) this.at++
  }
}

const blank: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])
const ends: ReadonlySet<number> = new Set([...blank, 0x2c, 0x5d, 0x7d])
