import { X509Certificate, type KeyObject } from 'node:crypto'
import type { DccGroup } from './dcc.ts'
import { kidOf, leastRsaBits } from './signer.ts'

/** A document signer we trust, ready to verify many times. */
export interface TrustedKey {
  /** First 8 bytes of SHA-256 over the certificate, lower-case hex. */
  readonly kid: string
  readonly key: KeyObject
  /** Whether hcert lets a key of this kind and size sign at all. */
  readonly allowed: boolean
  /** What it may sign; null = everything. */
  readonly groups: readonly DccGroup[] | null
  readonly validFrom: Date
  readonly validUntil: Date
}

/**
 * Reads a document signer certificate: PEM, DER, or DER as base64 (lines and all). Of several in one PEM the first. Null when
 * it is none of these.
 *
 * @example readTrustedKey(readFileSync('dsc.pem'))
 */
export function readTrustedKey(given: Uint8Array | string): TrustedKey | null {
  return readTrustedKeys(given)?.[0] ?? null
}

/** The same for all certificates of one PEM; null when there is none, or when one of them cannot be read. */
export function readTrustedKeys(given: Uint8Array | string): readonly TrustedKey[] | null {
  const bytes = Buffer.from(given)
  const text = bytes.toString('latin1')
  const inPem = [...text.matchAll(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----([^-]*)-----END/g)].map(
    (block) => block[1] ?? '',
  )
  try {
    if (bytes[0] === 0x30) return [keyIn(bytes)]
    return (inPem.length > 0 ? inPem : [text]).map((base64) => keyIn(Buffer.from(base64, 'base64')))
  } catch {
    return null
  }
}

function keyIn(der: Buffer): TrustedKey {
  const certificate = new X509Certificate(der)
  return {
    kid: kidOf(certificate.raw).toString('hex'),
    key: certificate.publicKey,
    allowed: isAllowed(certificate.publicKey),
    groups: groupsOf(certificate.keyUsage),
    validFrom: new Date(certificate.validFrom),
    validUntil: new Date(certificate.validTo),
  }
}

// P-384 is not in the text (hcert 1.0.8 section 3.3.2), but in the public vectors a member state signs with it.
const curves: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1'])

function isAllowed({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === 'ec') return curves.has(asymmetricKeyDetails?.namedCurve)
  return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= leastRsaBits
}

// Many signers carry the older form of these numbers, with a zero arc in front (dgc-testdata); both count.
const groupOfUsage: ReadonlyMap<string, DccGroup> = new Map(
  ['1.3.6.1.4.1.1847.2021.1', '1.3.6.1.4.1.0.1847.2021.1'].flatMap((arc) => [
    [`${arc}.1`, 't'] as const,
    [`${arc}.2`, 'v'] as const,
    [`${arc}.3`, 'r'] as const,
  ]),
)

/** No extended key usage, or an empty one, allows everything; one without any of our numbers allows nothing (hcert 1.0.8 section 3.3.1). */
function groupsOf(usages: readonly string[] | undefined): readonly DccGroup[] | null {
  if (usages === undefined || usages.length === 0) return null
  return usages.map((usage) => groupOfUsage.get(usage)).filter((group) => group !== undefined)
}
