import { hash } from 'node:crypto'

const blockLength = 64
const hashLength = 32
/** Longer texts are rare; they get a buffer of their own. */
const longestShort = 448

interface Pads {
  /** The key mixed into a block for the inner hash, and room for a text behind it. */
  readonly inner: Buffer
  /** The same for the outer hash, and room for the inner one's result. */
  readonly outer: Buffer
}

const padded = new WeakMap<Buffer, Pads>()

/** Made once a key (RFC 2104 section 2). */
function padsOf(key: Buffer): Pads {
  const known = padded.get(key)
  if (known !== undefined) return known
  if (key.length > blockLength) throw new RangeError('a key longer than a block is hashed first; ours are 32 bytes')
  const made = { inner: Buffer.alloc(blockLength + longestShort), outer: Buffer.alloc(blockLength + hashLength) }
  for (let at = 0; at < blockLength; at++) {
    made.inner[at] = (key[at] ?? 0) ^ 0x36
    made.outer[at] = (key[at] ?? 0) ^ 0x5c
  }
  padded.set(key, made)
  return made
}

/**
 * HMAC-SHA-256 (RFC 2104) of a text by two one-shot hashes: what `createHmac` gives, without the object it makes for
 * every message that comes in. Binary texts because the engine makes a text of a hash in a third of the time of a buffer.
 *
 * @example hmacSha256(key, 'form-1') // 32 bytes
 */
export function hmacSha256(key: Buffer, text: string): Buffer {
  const { inner, outer } = padsOf(key)
  const length = Buffer.byteLength(text)
  let block = inner
  if (length > longestShort) {
    block = Buffer.allocUnsafe(blockLength + length)
    inner.copy(block, 0, 0, blockLength)
  }
  block.write(text, blockLength)
  outer.write(hash('sha256', block.subarray(0, blockLength + length), 'binary'), blockLength, 'latin1')
  return Buffer.from(hash('sha256', outer, 'binary'), 'latin1')
}
