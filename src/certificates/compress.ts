import { inflateSync } from 'node:zlib'
import { deflate } from './deflate.ts'

/** No certificate comes near this size; a text that inflates further is a bomb. */
export const inflatedLimit = 64 * 1024

/** Compresses to a zlib stream (RFC 1950). The header 78 DA says a window of 32 KiB; hcert asks for the 78. */
export function compress(bytes: Uint8Array): Buffer {
  const out = deflate(bytes, { before: 2, after: 4 })
  out[0] = 0x78
  out[1] = 0xda
  out.writeUInt32BE(adler32(bytes), out.length - 4)
  return out
}

export type Inflated =
  | { readonly state: 'read'; readonly bytes: Buffer }
  | { readonly state: 'too-large' }
  | { readonly state: 'unreadable' }

/** Inflates a zlib stream to at most `inflatedLimit` bytes; bytes after its end make it unreadable. */
export function inflate(bytes: Uint8Array): Inflated {
  try {
    const { buffer, engine } = inflateSync(bytes, { maxOutputLength: inflatedLimit, info: true }) as unknown as {
      buffer: Buffer
      engine: { bytesWritten: number }
    }
    return engine.bytesWritten === bytes.length ? { state: 'read', bytes: buffer } : { state: 'unreadable' }
  } catch (error) {
    const tooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return { state: tooLarge ? 'too-large' : 'unreadable' }
  }
}

/** The check sum of RFC 1950 section 8. The sums are reduced only once per 3,800 bytes, before they pass 2^31. */
function adler32(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  for (let start = 0; start < bytes.length; start += 3800) {
    const end = Math.min(start + 3800, bytes.length)
    for (let i = start; i < end; i++) {
      a += bytes[i] ?? 0
      b += a
    }
    a %= 65521
    b %= 65521
  }
  return ((b << 16) | a) >>> 0
}
