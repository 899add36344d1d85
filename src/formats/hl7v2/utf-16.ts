/**
 * Bytes in UTF-16 as UTF-8; null for any other bytes. HL7v2 is cut at single bytes, so UTF-16 is not read, only recognised: by
 * its byte order mark, or by the zero beside each of the first characters.
 *
 * @example fromUtf16(Buffer.from('MSH|^~', 'utf16le'))?.toString() // 'MSH|^~'
 */
export function fromUtf16(bytes: Uint8Array): Buffer | null {
  const encoding = encodingOf(bytes)
  return encoding === null ? null : Buffer.from(new TextDecoder(encoding).decode(bytes))
}

function encodingOf(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [a, b, c, d] = bytes
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  if (a === undefined || b === undefined || c === undefined || d === undefined) return null
  if (a > 0 && b === 0 && c > 0 && d === 0) return 'utf-16le'
  return a === 0 && b > 0 && c === 0 && d > 0 ? 'utf-16be' : null
}
