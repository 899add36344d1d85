import { verify, type KeyObject } from 'node:crypto'
import { constants } from 'node:crypto'
import { readCbor } from './cbor.ts'

/** The two algorithms of hcert 1.0.8 section 3.3.2; the numbers are those of the IANA COSE registry. */
export type CoseAlgorithm = 'ES256' | 'PS256'

const algorithms: ReadonlyMap<unknown, CoseAlgorithm> = new Map([
  [-7, 'ES256'],
  [-37, 'PS256'],
])

/** A COSE_Sign1 (RFC 9052 section 4.2) as received; `protectedBytes` are never written anew, the signature covers them. */
export interface CoseMessage {
  readonly algorithm: CoseAlgorithm | null
  readonly kid: Uint8Array | null
  readonly protectedBytes: Uint8Array
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

export type CoseRead =
  | { readonly state: 'read'; readonly message: CoseMessage }
  | { readonly state: 'unreadable'; readonly why: string }

/**
 * Reads a COSE_Sign1 with tag 18, without a tag, or as a tagged CWT (61 around 18). The kid may stand in either header;
 * the protected one wins. A header that must be understood and is not makes it unreadable. Never throws.
 */
export function readCose(bytes: Uint8Array): CoseRead {
  const outer = readCbor(withoutTag(withoutTag(bytes, 61), 18))
  if (outer.state === 'unreadable') return outer
  if (!Array.isArray(outer.value) || outer.value.length !== 4) return { state: 'unreadable', why: 'not four parts' }
  const [protectedBytes, unprotectedHeader, payload, signature] = outer.value as readonly unknown[]
  if (!(protectedBytes instanceof Uint8Array) || !(payload instanceof Uint8Array) || !(signature instanceof Uint8Array))
    return { state: 'unreadable', why: 'a part is not a byte string' }
  const protectedHeader = protectedBytes.length === 0 ? new Map() : mapIn(protectedBytes)
  if (protectedHeader === null || !(unprotectedHeader instanceof Map))
    return { state: 'unreadable', why: 'a header is not a map' }
  if (unprotectedHeader.has(critical) || !understandsAll(protectedHeader))
    return { state: 'unreadable', why: 'a critical header is not understood' }
  const header = (label: number): unknown => protectedHeader.get(label) ?? unprotectedHeader.get(label)
  const kid = header(4)
  return {
    state: 'read',
    message: {
      algorithm: algorithms.get(header(1)) ?? null,
      kid: kid instanceof Uint8Array ? kid : null,
      protectedBytes,
      payload,
      signature,
    },
  }
}

/** `crit`: the labels of headers that whoever processes the message has to understand. */
const critical = 2
const understood: ReadonlySet<unknown> = new Set([1, critical, 4])

/** Whether `crit`, where it is there, is a list of headers that are protected and understood (RFC 9052 section 3.1). */
function understandsAll(header: ReadonlyMap<unknown, unknown>): boolean {
  if (!header.has(critical)) return true
  const labels = header.get(critical)
  if (!Array.isArray(labels) || labels.length === 0) return false
  return labels.every((label: unknown) => understood.has(label) && header.has(label))
}

export type ClaimsRead =
  | { readonly state: 'read'; readonly claims: ReadonlyMap<unknown, unknown> }
  | { readonly state: 'unreadable'; readonly why: string }

/** The CWT claims in a COSE payload (RFC 8392). */
export function readClaims(payload: Uint8Array): ClaimsRead {
  const read = readCbor(withoutTag(payload, 61))
  if (read.state === 'unreadable') return { state: 'unreadable', why: `claims: ${read.why}` }
  return read.value instanceof Map
    ? { state: 'read', claims: read.value }
    : { state: 'unreadable', why: 'claims are not a map' }
}

/** Whether the signature is that of this key. False also when key and algorithm do not belong together. */
export function signatureFits(message: CoseMessage, key: KeyObject): boolean {
  const signed = signedBytes(message)
  try {
    if (message.algorithm === 'ES256' && key.asymmetricKeyType === 'ec')
      return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, message.signature)
    // Salt length and padding are fixed by RFC 8230 section 2.
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    if (message.algorithm === 'PS256' && key.asymmetricKeyType === 'rsa')
      return verify('sha256', signed, { key, ...pss }, message.signature)
  } catch {
    // A signature of a strange length makes OpenSSL throw instead of answering false.
  }
  return false
}

/** What a COSE_Sign1 signature covers (RFC 9052 section 4.4), without external data. */
function signedBytes({ protectedBytes, payload }: CoseMessage): Buffer {
  return Buffer.concat([
    Buffer.from([0x84, 0x6a]),
    Buffer.from('Signature1'),
    byteStringHead(protectedBytes.length),
    protectedBytes,
    Buffer.from([0x40]),
    byteStringHead(payload.length),
    payload,
  ])
}

/** The head of a CBOR byte string of up to 65,535 bytes, in its shortest form. */
export function byteStringHead(length: number): Buffer {
  if (length < 24) return Buffer.from([0x40 | length])
  return length < 256 ? Buffer.from([0x58, length]) : Buffer.from([0x59, length >> 8, length & 0xff])
}

function mapIn(bytes: Uint8Array): ReadonlyMap<unknown, unknown> | null {
  const read = readCbor(bytes)
  return read.state === 'read' && read.value instanceof Map ? read.value : null
}

/** Takes one CBOR tag off, in its shortest form, when it is there. */
function withoutTag(bytes: Uint8Array, tag: number): Uint8Array {
  if (tag < 24) return bytes[0] === (0xc0 | tag) ? bytes.subarray(1) : bytes
  return bytes[0] === 0xd8 && bytes[1] === tag ? bytes.subarray(2) : bytes
}
