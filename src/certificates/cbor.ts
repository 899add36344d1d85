import { isUtf8 } from 'node:buffer'
import { decode, Tokenizer, type DecodeOptions, type Token } from 'cborg'

export type CborRead =
  | { readonly state: 'read'; readonly value: unknown }
  | { readonly state: 'unreadable'; readonly why: string }

/** How many maps, lists and tags may be open at once; a certificate nests 8 deep. */
export const depthLimit = 32

/**
 * Reads one CBOR item (RFC 8949) that fills the bytes exactly: maps become `Map`, tag 0 (date-time text) is taken off,
 * maps and lists of indefinite length are read. Texts and byte strings in pieces (indefinite length), duplicate keys, other
 * tags, text that is not UTF-8, whole numbers past 2^53 and deep nesting make it unreadable. Never throws.
 *
 * @example readCbor(Buffer.from('a10126', 'hex')) // { state: 'read', value: new Map([[1, -7]]) }
 */
export function readCbor(bytes: Uint8Array): CborRead {
  const options: DecodeOptions = {
    useMaps: true,
    rejectDuplicateMapKeys: true,
    allowIndefinite: true,
    allowUndefined: false,
    allowBigInt: false,
    allowInfinity: false,
    allowNaN: false,
    tags: {
      0: (item) => {
        const value = item()
        if (typeof value !== 'string') throw new Error('tag 0 holds no text')
        return value
      },
    },
  }
  try {
    return { state: 'read', value: decode(bytes, { ...options, tokenizer: new ShallowTokenizer(bytes, options) }) }
  } catch (error) {
    return { state: 'unreadable', why: error instanceof Error ? error.message : 'unknown' }
  }
}

/**
 * Stops before the reader's own recursion gets deep, and at text that is not UTF-8 (cborg would put replacement marks).
 * It counts open containers: each entry says how many items of it are still to come.
 */
class ShallowTokenizer extends Tokenizer {
  readonly #bytes: Uint8Array
  readonly #open: number[] = []

  constructor(bytes: Uint8Array, options: DecodeOptions) {
    super(bytes, options)
    this.#bytes = bytes
  }

  override next(): Token {
    const start = this.pos()
    const token = super.next()
    if (
      token.type.name === 'string' &&
      !isUtf8(this.#bytes.subarray(start + headLength(this.#bytes[start] ?? 0), this.pos()))
    )
      throw new Error('text is not UTF-8')
    this.#count(token)
    return token
  }

  #count(token: Token): void {
    if (token.type.name === 'break') this.#open.pop()
    const items = childrenOf(token)
    if (items > 0) {
      this.#open.push(items)
      if (this.#open.length > depthLimit) throw new Error(`nested deeper than ${depthLimit}`)
      return
    }
    while (this.#open.length > 0) {
      const left = (this.#open.pop() ?? 0) - 1
      if (left > 0) {
        this.#open.push(left)
        return
      }
    }
  }
}

/** Bytes before the content of a string: the first byte, and its length when that does not fit in 5 bits (RFC 8949 section 3). */
function headLength(first: number): number {
  const minor = first & 0x1f
  return minor < 24 ? 1 : 1 + 2 ** (minor - 24)
}

function childrenOf(token: Token): number {
  if (token.type.name === 'array') return Number(token.value)
  if (token.type.name === 'map') return Number(token.value) * 2
  return token.type.name === 'tag' ? 1 : 0
}

/**
 * The same value as plain JSON: maps become objects (only text keys), bytes become base64 text. Null when a map has
 * another kind of key.
 */
export function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(toJson)
  if (!(value instanceof Map)) return value
  const entries = [...value].map(([key, item]) => [key, toJson(item)] as const)
  // fromEntries defines properties, so that a key `__proto__` is only a key.
  return entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries) : null
}
