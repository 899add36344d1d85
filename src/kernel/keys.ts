import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'

/**
 * The keys of a hub, all derived from one master key (HKDF-SHA-256, RFC 5869): the same on every node that shares it.
 *
 * `receipt` makes receipt numbers, `patient` the patient index, `wrap` wraps data keys, `spool` encrypts the spool.
 */
export interface HubKeys {
  readonly receipt: Buffer
  readonly patient: Buffer
  readonly wrap: Buffer
  readonly spool: Buffer
}

const derive = (master: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `sluis ${purpose} v1`, 32))

/** Derives the hub's keys from a master key of 32 bytes. */
export function deriveKeys(master: Buffer): HubKeys {
  return {
    receipt: derive(master, 'receipt'),
    patient: derive(master, 'patient'),
    wrap: derive(master, 'wrap'),
    spool: derive(master, 'spool'),
  }
}

const prepared = new WeakMap<Buffer, KeyObject>()

/** A key ready for use, made once: Node prepares bare bytes anew at every call, which takes longer than sealing 1 kB. */
export function preparedKey(key: Buffer): KeyObject {
  const known = prepared.get(key)
  if (known !== undefined) return known
  const made = createSecretKey(key)
  prepared.set(key, made)
  return made
}

const ivLength = 12
const tagLength = 16
const drawn: { bytes: Buffer; at: number } = { bytes: Buffer.alloc(0), at: 0 }

/** Random bytes for nonces, drawn in blocks: one system call for 340 of them. */
function nonce(): Buffer {
  if (drawn.at + ivLength > drawn.bytes.length) {
    drawn.bytes = randomBytes(4080)
    drawn.at = 0
  }
  const iv = drawn.bytes.subarray(drawn.at, drawn.at + ivLength)
  drawn.at += ivLength
  return iv
}

/**
 * Encrypts with AES-256-GCM: nonce (12), tag (16), ciphertext. `bound` is authenticated along with it (the receipt), so a
 * ciphertext cannot be moved to another row.
 */
export function seal(key: Buffer, plain: Uint8Array, bound: string): Buffer {
  const iv = nonce()
  const cipher = createCipheriv('aes-256-gcm', preparedKey(key), iv)
  cipher.setAAD(Buffer.from(bound))
  const body = cipher.update(plain)
  cipher.final()
  const out = Buffer.allocUnsafe(ivLength + tagLength + body.length)
  iv.copy(out, 0)
  cipher.getAuthTag().copy(out, ivLength)
  body.copy(out, ivLength + tagLength)
  return out
}

/** Opens what `seal` made; throws when key, bytes or `bound` are not the same. */
export function open(key: Buffer, sealed: Uint8Array, bound: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', preparedKey(key), sealed.subarray(0, ivLength))
  decipher.setAAD(Buffer.from(bound))
  decipher.setAuthTag(sealed.subarray(ivLength, ivLength + tagLength))
  const plain = decipher.update(sealed.subarray(ivLength + tagLength))
  // GCM gives all bytes at once; `final` only judges them.
  decipher.final()
  return plain
}

/** The patient index: HMAC-SHA-256 of an identifier, first 16 bytes. The same person gives the same bytes on every node. */
export function patientIndex(keys: HubKeys, scheme: 'insz' | 'bsn' | 'local' | 'name', identifier: string): Buffer {
  return createHmac('sha256', preparedKey(keys.patient))
    .update(scheme)
    .update('\0')
    .update(identifier)
    .digest()
    .subarray(0, 16)
}
