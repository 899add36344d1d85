import { SluisError } from '../kernel/errors.ts'
import { encodeBase45 } from './base45.ts'
import { CborWriter } from './cbor-writer.ts'
import { compress, inflatedLimit } from './compress.ts'
import { byteStringHead } from './cose.ts'
import { identifierOf, type DccPayload } from './dcc.ts'
import { signBytes, type Signer } from './signer.ts'

export interface CertificateTimes {
  readonly issuedAt: Date
  readonly expiresAt: Date
  /** ISO 3166 alpha-2 code of the issuing country. */
  readonly issuer: string
}

export interface IssuedCertificate {
  /** The text of the QR code: `HC1:` and base45, which may contain spaces. */
  readonly hc1: string
  readonly uvci: string
}

/**
 * Issues one certificate (hcert 1.0.8 section 3): claims in CBOR, signed as COSE_Sign1, compressed, base45.
 * Throws `certificate-times-outside-signer` when the validity does not lie inside that of the signer; for content that would
 * not be read again `certificate-content-unwritable`, `certificate-inflates-too-far` or `certificate-too-long`.
 *
 * @example issueCertificate(payload, signer, { issuedAt, expiresAt, issuer: 'BE' }).hc1 // 'HC1:6BF...'
 */
export function issueCertificate(payload: DccPayload, signer: Signer, times: CertificateTimes): IssuedCertificate {
  demandTimesInside(signer, times)
  const claims = writeClaims(payload, times)
  demandSize(claims.length - headRoom + sizeOfRest, inflatedLimit, 'certificate-inflates-too-far')
  const hc1 = `HC1:${encodeBase45(compress(signClaims(claims, signer)))}`
  demandSize(hc1.length, qrLimit, 'certificate-too-long')
  return { hc1, uvci: identifierOf(payload) }
}

/** The most characters a QR code holds. */
const qrLimit = 4296
/** More than headers and signature ever take, that of the largest key included. */
const sizeOfRest = 4096

function demandSize(size: number, limit: number, code: 'certificate-inflates-too-far' | 'certificate-too-long'): void {
  if (size > limit) throw new SluisError(code, { limit })
}

/** hcert 1.0.8 section 3.3.1: a certificate is not older than its signer and does not outlive it. */
function demandTimesInside(signer: Signer, { issuedAt, expiresAt }: CertificateTimes): void {
  if (issuedAt >= signer.validFrom && issuedAt <= expiresAt && expiresAt <= signer.validUntil) return
  throw new SluisError('certificate-times-outside-signer', {
    from: signer.validFrom.toISOString(),
    until: signer.validUntil.toISOString(),
  })
}

// One buffer for all certificates: between writing the claims and copying the finished text nothing waits.
// The heads that differ between what is signed and what is sent are laid right before the claims, one after the other.
const headRoom = 64
const writer = new CborWriter()

function writeClaims(payload: DccPayload, { issuedAt, expiresAt, issuer }: CertificateTimes): CborWriter {
  writer.restart(headRoom)
  writer.map(4)
  writer.integer(1)
  writer.text(issuer)
  writer.integer(4)
  writer.integer(Math.floor(expiresAt.getTime() / 1000))
  writer.integer(6)
  writer.integer(Math.floor(issuedAt.getTime() / 1000))
  writer.integer(-260)
  writer.map(1)
  writer.integer(1)
  writer.value(payload)
  return writer
}

/** COSE_Sign1 with tag 18; algorithm and kid in the protected header. */
function signClaims(claims: CborWriter, signer: Signer): Buffer {
  const { signed, sent } = headsOf(signer)
  const head = byteStringHead(claims.length - headRoom)
  const signature = signBytes(under(claims, signed, head), signer)
  return Buffer.concat([under(claims, sent, head), byteStringHead(signature.length), signature])
}

/** Lays two heads directly before the claims and gives the whole. */
function under(claims: CborWriter, first: Buffer, second: Buffer): Buffer {
  const bytes = claims.written()
  const start = headRoom - second.length - first.length
  first.copy(bytes, start)
  second.copy(bytes, headRoom - second.length)
  return bytes.subarray(start)
}

interface Heads {
  /** Before the payload in what is signed: `["Signature1", protected, h'', ...`. */
  readonly signed: Buffer
  /** Before the payload in what is sent: `18([protected, {}, ...`. */
  readonly sent: Buffer
}

const headsOfSigners = new WeakMap<Signer, Heads>()

function headsOf(signer: Signer): Heads {
  const known = headsOfSigners.get(signer)
  if (known !== undefined) return known
  const header = new CborWriter(32)
  header.map(2)
  header.integer(1)
  header.integer(signer.algorithm === 'ES256' ? -7 : -37)
  header.integer(4)
  const protectedHeader = Buffer.concat([header.written(), byteStringHead(signer.kid.length), signer.kid])
  const protectedItem = Buffer.concat([byteStringHead(protectedHeader.length), protectedHeader])
  const heads = {
    signed: Buffer.concat([Buffer.from([0x84, 0x6a]), Buffer.from('Signature1'), protectedItem, Buffer.from([0x40])]),
    sent: Buffer.concat([Buffer.from([0xd2, 0x84]), protectedItem, Buffer.from([0xa0])]),
  }
  headsOfSigners.set(signer, heads)
  return heads
}
