/** What one look at the bytes of a JSON text tells. */
export interface JsonScan {
  /** Deepest nesting of objects and arrays; counting stops at 64. */
  readonly depth: number
  /** Colons outside texts: one for every key that was written. */
  readonly colons: number
  /** Whether a text holds an escape that may stand for NUL or for half a surrogate pair. */
  readonly suspicious: boolean
}

const quote = 0x22
const backslash = 0x5c

/**
 * Counts brackets and colons outside texts. The bytes need not be JSON: on broken ones the figures mean nothing, and
 * the parser that comes next refuses them.
 */
export function scanJson(bytes: Uint8Array): JsonScan {
  let depth = 0
  let deepest = 0
  let colons = 0
  let suspicious = false
  const end = bytes.length
  for (let at = 0; at < end; at++) {
    const byte = bytes[at]!
    if (byte === quote) {
      // Inside a text only its end and its escapes matter.
      for (at++; at < end && bytes[at] !== quote; at++) {
        if (bytes[at] !== backslash) continue
        at++
        if (bytes[at] === 0x75 && suspiciousEscape(bytes, at + 1)) suspicious = true
      }
    } else if (byte === 0x3a) colons++
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > deepest) deepest = depth
      if (deepest >= 64) break
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return { depth: deepest, colons, suspicious }
}

/** `\u0000`, or `\ud8..` to `\udf..`; everything from `\ud...` is looked at again by the slow reader. */
function suspiciousEscape(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]!
  if (first === 0x64 || first === 0x44) return true
  return first === 0x30 && bytes[at + 1] === 0x30 && bytes[at + 2] === 0x30 && bytes[at + 3] === 0x30
}
