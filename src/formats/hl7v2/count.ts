/**
 * Counts the OBX segments in bytes without the reader, so that the reader can be held to it: lines that begin, blanks aside,
 * with `OBX` and then end or go on with anything but a letter, a digit or a blank.
 *
 * @example countResults(Buffer.from('MSH|^~\\&|\nOBX|1\nOBX|2\n')) // 2
 */
export function countResults(bytes: Uint8Array): number {
  let count = 0
  let atStart = true
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === 0x0a || byte === 0x0d) {
      atStart = true
    } else if (atStart && byte > 0x20) {
      atStart = isMark(bytes, at)
      if (atStart) at += 2
      else if (byte === 0x4f && bytes[at + 1] === 0x42 && bytes[at + 2] === 0x58 && endsName(bytes[at + 3])) count++
    }
  }
  return count
}

/** A UTF-8 byte order mark, which only the very first bytes can be. */
function isMark(bytes: Uint8Array, at: number): boolean {
  return at === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

function endsName(byte: number | undefined): boolean {
  if (byte === undefined) return true
  const letter = byte & 0xdf
  return !((letter >= 0x41 && letter <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x20)
}
