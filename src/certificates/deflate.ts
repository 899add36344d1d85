/**
 * Deflate (RFC 1951) for a certificate: one block with the fixed codes, or stored when that is shorter, as it is for many:
 * most of a certificate's few hundred bytes cannot be compressed. Setting up zlib's encoder for each costs as much as the
 * signature, and on real certificates its result is not smaller.
 *
 * @param room bytes to leave free around the result, for the stream's head and check sum
 */
export function deflate(bytes: Uint8Array, room: { readonly before: number; readonly after: number }): Buffer {
  const storedSize = bytes.length + 5
  // A stored block holds 65,535 bytes; no certificate is near that, and the fixed codes take over if one were.
  const storable = bytes.length <= 0xffff
  const largest = storable ? storedSize : Math.ceil(bytes.length * 1.13) + 8
  const out = Buffer.allocUnsafe(room.before + largest + room.after)
  const end = writeFixedBlock(bytes, out, room.before, storable ? room.before + storedSize : Infinity)
  if (end !== null) return out.subarray(0, end + room.after)
  const start = out.writeUInt8(1, room.before)
  out.writeUInt16LE(bytes.length, start)
  out.writeUInt16LE(~bytes.length & 0xffff, start + 2)
  out.set(bytes, start + 4)
  return out
}

const places = new Int32Array(1024)

/** Writes the block from `start` and returns its end; null as soon as that reaches `limit`. Bytes past the buffer fall away. */
function writeFixedBlock(bytes: Uint8Array, out: Uint8Array, start: number, limit: number): number | null {
  // 3 header bits: last block, fixed codes.
  let bits = 3
  let count = 3
  let at = start
  const { length } = bytes
  places.fill(-1)
  for (let i = 0; i < length;) {
    const candidate = i + 2 < length ? swapPlace(bytes, i) : -1
    const matched = candidate < 0 ? 0 : matchLength(bytes, candidate, i)
    if (matched >= 3) {
      bits |= (lengthCode[matched] ?? 0) << count
      count += lengthSize[matched] ?? 0
      while (count >= 8) {
        out[at++] = bits & 0xff
        bits >>>= 8
        count -= 8
      }
      const distance = i - candidate
      const code = distanceCodeOf(distance)
      bits |= (reversed5[code] ?? 0) << count
      count += 5
      bits |= (distance - (distanceBase[code] ?? 0)) << count
      count += distanceExtra[code] ?? 0
      for (let j = i + 1; j < i + matched && j + 2 < length; j++) swapPlace(bytes, j)
      i += matched
    } else {
      const byte = bytes[i++] ?? 0
      bits |= (literalCode[byte] ?? 0) << count
      count += byte < 144 ? 8 : 9
    }
    while (count >= 8) {
      out[at++] = bits & 0xff
      bits >>>= 8
      count -= 8
    }
    if (at >= limit) return null
  }
  // The end code is seven zero bits.
  count += 7
  for (; count > 0; count -= 8) {
    out[at++] = bits & 0xff
    bits >>>= 8
  }
  return at < limit ? at : null
}

/** Remembers where these three bytes stand and gives the place where the same hash stood before, or -1. */
function swapPlace(bytes: Uint8Array, i: number): number {
  const three = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
  const slot = (Math.imul(three, 0x9e3779b1) >>> 22) & 1023
  const before = places[slot] ?? -1
  places[slot] = i
  return i - before <= 32768 ? before : -1
}

function matchLength(bytes: Uint8Array, from: number, i: number): number {
  const most = Math.min(258, bytes.length - i)
  let length = 0
  while (length < most && bytes[from + length] === bytes[i + length]) length++
  return length
}

// The tables of RFC 1951 section 3.2.5 and 3.2.6, with codes already turned so that they can be written from the low bit.

const literalCode = Uint16Array.from({ length: 256 }, (_, byte) =>
  byte < 144 ? reverse(0x30 + byte, 8) : reverse(0x190 + byte - 144, 9),
)

/** Code and extra bits of each match length, in one number. */
const lengthCode = new Uint32Array(259)
const lengthSize = new Uint8Array(259)
for (let symbol = 257, length = 3; symbol <= 284; symbol++) {
  const extra = symbol < 265 ? 0 : (symbol - 261) >> 2
  const size = symbol < 280 ? 7 : 8
  const code = symbol < 280 ? reverse(symbol - 256, 7) : reverse(0xc0 + symbol - 280, 8)
  for (let more = 0; more < 1 << extra && length <= 258; more++, length++) {
    lengthCode[length] = code | (more << size)
    lengthSize[length] = size + extra
  }
}
lengthCode[258] = reverse(0xc5, 8)
lengthSize[258] = 8

const reversed5 = Uint8Array.from({ length: 30 }, (_, code) => reverse(code, 5))
const distanceExtra = Uint8Array.from({ length: 30 }, (_, code) => Math.max(0, (code >> 1) - 1))
const distanceBase = Uint16Array.from({ length: 30 }, (_, code) =>
  code < 2 ? code + 1 : ((2 | (code & 1)) << ((code >> 1) - 1)) + 1,
)

function distanceCodeOf(distance: number): number {
  if (distance <= 2) return distance - 1
  const high = 31 - Math.clz32(distance - 1)
  return 2 * high + (((distance - 1) >> (high - 1)) & 1)
}

function reverse(code: number, size: number): number {
  let turned = 0
  for (let bit = 0; bit < size; bit++) turned |= ((code >> bit) & 1) << (size - 1 - bit)
  return turned
}
