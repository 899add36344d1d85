import { decodeBase45 } from './base45.ts'
import { toJson } from './cbor.ts'
import { inflate, inflatedLimit } from './compress.ts'
import { readClaims, readCose, type CoseMessage } from './cose.ts'
import type { StepBook } from './step-book.ts'

/** A certificate's text is at most 4,296 characters, the most a QR code holds; above this nothing is decoded. */
const textLimit = 8 * 1024

/** A certificate taken out of its wrappings; nothing of it is proven yet. */
export interface Opened {
  readonly message: CoseMessage
  readonly claims: ReadonlyMap<unknown, unknown>
}

/** Takes off prefix, base45, zlib and COSE, writing each step down; null at the first that does not come off. */
export function openCertificate(hc1: string, book: StepBook): Opened | null {
  const compressed = readText(hc1, book)
  if (compressed === null) return null
  const inflated = inflate(compressed)
  if (inflated.state === 'too-large') {
    book.fail('zlib', 'certificate-inflates-too-far', { limit: inflatedLimit })
    return null
  }
  if (inflated.state === 'unreadable') {
    book.fail('zlib', 'certificate-zlib-unreadable')
    return null
  }
  book.pass('zlib')
  return readSigned(inflated.bytes, book)
}

function readText(hc1: string, book: StepBook): Buffer | null {
  if (!hc1.startsWith('HC1:')) {
    book.fail('prefix', 'certificate-prefix-other')
    return null
  }
  book.pass('prefix')
  if (hc1.length > textLimit) {
    book.fail('base45', 'certificate-too-long', { limit: textLimit })
    return null
  }
  const bytes = decodeBase45(hc1.slice(4))
  if (bytes === null) book.fail('base45', 'certificate-base45-unreadable')
  else book.pass('base45')
  return bytes
}

function readSigned(bytes: Uint8Array, book: StepBook): Opened | null {
  const refuse = (why: string): null => {
    book.fail('cose', 'certificate-cose-unreadable', { why: why.slice(0, 80) })
    return null
  }
  const cose = readCose(bytes)
  if (cose.state === 'unreadable') return refuse(cose.why)
  const read = readClaims(cose.message.payload)
  if (read.state === 'unreadable') return refuse(read.why)
  if (!(certificateIn(read.claims) instanceof Map)) return refuse('claim -260')
  book.pass('cose')
  return { message: cose.message, claims: read.claims }
}

/** Claim -260 holds a map in which 1 is the certificate; both are numbers, not text (hcert 1.0.8 section 3.3.6). */
function certificateIn(claims: ReadonlyMap<unknown, unknown>): unknown {
  const hcert = claims.get(-260)
  return hcert instanceof Map ? hcert.get(1) : undefined
}

export interface Claims {
  readonly issuer: string | null
  readonly issuedAt: Date | null
  readonly expiresAt: Date | null
  readonly payload: unknown
}

/** The claims of RFC 8392 that hcert uses; seconds may have a fraction. */
export function claimsOf({ claims }: Opened): Claims {
  const issuer = claims.get(1)
  return {
    issuer: typeof issuer === 'string' ? issuer : null,
    issuedAt: toDate(claims.get(6)),
    expiresAt: toDate(claims.get(4)),
    payload: toJson(certificateIn(claims)),
  }
}

function toDate(seconds: unknown): Date | null {
  if (typeof seconds !== 'number') return null
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? null : date
}
