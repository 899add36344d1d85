import { isUtf8 } from 'node:buffer'
import type { Fault } from '../../kernel/fault.ts'
import { explainJson } from './explain.ts'
import { scanJson } from './scan.ts'

export type JsonReading =
  | { readonly state: 'read'; readonly value: unknown }
  | { readonly state: 'unreadable'; readonly faults: readonly Fault[] }

/**
 * Reads JSON strictly (RFC 8259 with the limits of I-JSON, RFC 7493): UTF-8 without byte order mark, nothing after the
 * value, no key twice in one object, no NUL and no half surrogate in a text, numbers that JavaScript holds exactly, at
 * most 32 levels. Never throws; `faults` names the first thing wrong, with the place as a JSON Pointer where there is one.
 *
 * The fast way looks at the bytes once (depth, number of colons, suspicious escapes), parses, and counts the keys of what
 * came out: fewer keys than colons means that one was there twice. Only when that fails a slow reader finds out where.
 *
 * @example readJson(Buffer.from('{"a":1,"a":2}')) // { state: 'unreadable', faults: [{ code: 'json-duplicate-key', path: '/a', ... }] }
 */
export function readJson(bytes: Uint8Array): JsonReading {
  if (!isUtf8(bytes)) return unreadable('json-not-utf8')
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return unreadable('json-byte-order-mark')
  const scan = scanJson(bytes)
  if (scan.depth > maxDepth) return unreadable('json-too-deep', { limit: maxDepth })
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  const parsed = parse(text)
  if (parsed !== null && !scan.suspicious && countKeys(parsed.value) === scan.colons) {
    return { state: 'read', value: parsed.value }
  }
  const fault = explainJson(text)
  if (fault !== null) return { state: 'unreadable', faults: [fault] }
  return parsed === null ? unreadable('json-broken', { offset: 0 }) : { state: 'read', value: parsed.value }
}

const maxDepth = 32

function unreadable(code: Fault['code'], params: Fault['params'] = {}): JsonReading {
  return { state: 'unreadable', faults: [{ code, severity: 'error', path: '', params }] }
}

function parse(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return null
  }
}

/** How many keys a value holds in all its objects; -1 when a number in it is out of range. Depth was limited before. */
function countKeys(value: unknown): number {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? 0 : -1
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) {
      const inside = countKeys(item)
      if (inside < 0) return -1
      count += inside
    }
    return count
  }
  // JSON.parse makes plain objects without inherited enumerable keys, also for a key named __proto__.
  for (const key in value) {
    const inside = countKeys((value as Record<string, unknown>)[key])
    if (inside < 0) return -1
    count += 1 + inside
  }
  return count
}
