import { hash } from 'node:crypto'
import { hmacSha256 } from './hmac.ts'

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** A receipt number and the part of it that is the same for every message with this sender and id. */
export interface ReceiptNumber {
  readonly receipt: string
  /** First 60 bits, as a non-negative decimal text that fits a PostgreSQL bigint. */
  readonly prefix: string
}

/** Lays 32 hexadecimal digits out as a UUIDv8 (RFC 9562 section 5.8): 48 + 12 + 62 bits are ours. */
function uuid8(hex: string): string {
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]!
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/**
 * The receipt number of a message: the first 60 bits come from (sender, id), the last 62 from (sender, id, bytes).
 * The same message gives the same number on every node, with or without the database; other bytes under the same id
 * differ in the second half only, so that one index on the prefix finds both.
 *
 * @example receiptNumber(key, 7, 'form-1', sha256).receipt // '3f0c...-8...-...'
 */
export function receiptNumber(key: Buffer, senderId: number, messageId: string, sha256: Buffer): ReceiptNumber {
  const first = hmacSha256(key, `${senderId}\0${messageId}`)
  first.copy(both, 0)
  sha256.copy(both, 32)
  // Keyed by the 196 bits of `first` that the receipt does not show.
  const second = hash('sha256', both, 'hex')
  const receipt = uuid8(first.toString('hex', 0, 8) + second.slice(0, 16))
  return { receipt, prefix: prefixOf(receipt) }
}

/** Hashed at once and never read again. */
const both = Buffer.alloc(64)

/** The prefix of a receipt number: its first 60 bits without the version digit. */
export function prefixOf(receipt: string): string {
  return BigInt(`0x${receipt.slice(0, 8)}${receipt.slice(9, 13)}${receipt.slice(15, 18)}`).toString()
}

/** Whether a text has the form of a receipt or delivery number (lower-case UUIDv8). */
export function isUuid8(text: string): boolean {
  return uuidText.test(text)
}

/** A number made from texts that are always the same for the same fact, so that making it twice makes it once. */
export function namedUuid(...parts: readonly (string | number)[]): string {
  return uuid8(hash('sha256', parts.join('\0'), 'hex'))
}

/** SHA-256 of bytes, 32 bytes. */
export function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1')
}

/** How a record is named outside: the receipt and its place in the message, `<receipt>.<ordinal>`. */
export function recordName(receipt: string, ordinal: number): string {
  return `${receipt}.${ordinal}`
}

/** Splits a record's name; null when the text is none. */
export function parseRecordName(text: string): { receipt: string; ordinal: number } | null {
  const match = /^(.{36})\.(\d{1,4})$/.exec(text)
  return match && isUuid8(match[1]!) ? { receipt: match[1]!, ordinal: Number(match[2]) } : null
}
