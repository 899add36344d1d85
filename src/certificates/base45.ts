/** The 45 characters of a QR code's alphanumeric mode; a character's value is its place (RFC 9285 section 4.2). */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const codes = Uint8Array.from(alphabet, (character) => character.charCodeAt(0))
const values = new Int8Array(128).fill(-1)
for (const [value, code] of codes.entries()) values[code] = value

/**
 * Writes bytes as base45 (RFC 9285): two bytes make three characters, least significant first; a last single byte makes two.
 *
 * @example encodeBase45(Buffer.from('ietf!')) // 'QED8WEX0'
 */
export function encodeBase45(bytes: Uint8Array): string {
  const out = Buffer.allocUnsafe(Math.floor(bytes.length / 2) * 3 + (bytes.length % 2) * 2)
  let at = 0
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const pair = ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)
    const high = (pair / 45) | 0
    out[at++] = codes[pair - high * 45] ?? 0
    out[at++] = codes[high % 45] ?? 0
    out[at++] = codes[(high / 45) | 0] ?? 0
  }
  if (bytes.length % 2 === 1) {
    const last = bytes[bytes.length - 1] ?? 0
    out[at++] = codes[last % 45] ?? 0
    out[at] = codes[(last / 45) | 0] ?? 0
  }
  return out.toString('latin1')
}

/**
 * Reads base45 strictly (RFC 9285 section 6): null for a character outside the alphabet (lower case too), for a length
 * of 1 mod 3, for three characters above 65535 and for two above 255.
 *
 * @example decodeBase45('GGW') // null, the value would be 65536
 */
export function decodeBase45(text: string): Buffer | null {
  if (text.length % 3 === 1) return null
  const out = Buffer.allocUnsafe(Math.floor(text.length / 3) * 2 + (text.length % 3 === 2 ? 1 : 0))
  let at = 0
  for (let i = 0; i < text.length; i += 3) {
    const a = valueAt(text, i)
    const b = valueAt(text, i + 1)
    if (a < 0 || b < 0) return null
    if (i + 2 === text.length) {
      const last = a + b * 45
      if (last > 0xff) return null
      out[at++] = last
      continue
    }
    const c = valueAt(text, i + 2)
    const pair = a + b * 45 + c * 2025
    if (c < 0 || pair > 0xffff) return null
    out[at++] = pair >> 8
    out[at++] = pair & 0xff
  }
  return out
}

function valueAt(text: string, index: number): number {
  return values[text.charCodeAt(index)] ?? -1
}
