import { createHash, constants, sign, X509Certificate, type KeyObject } from 'node:crypto'
import type { CoseAlgorithm } from './cose.ts'
import { rawSignature } from './der-signature.ts'
import { valueSets } from './value-sets.ts'

/** An RSA key signs from this size on (hcert 1.0.8 section 3.3.2). */
export const leastRsaBits = 2048

/** A document signer (DSC) with its key, ready to sign many times. */
export interface Signer {
  readonly algorithm: CoseAlgorithm
  readonly key: KeyObject
  /** The document signer certificate, DER. */
  readonly certificate: Buffer
  /** First 8 bytes of SHA-256 over the certificate (hcert 1.0.8 section 3.3.3). */
  readonly kid: Buffer
  /** Of its certificate, ISO 3166 alpha-2; null when it names none. */
  readonly country: string | null
  readonly validFrom: Date
  readonly validUntil: Date
}

/**
 * Joins a private key and its certificate. An EC key signs ES256, an RSA key PS256.
 * Null when the two do not belong together or the key is of another type, or too small.
 *
 * @example toSigner(createPrivateKey(pem), new X509Certificate(der))
 */
export function toSigner(key: KeyObject, certificate: X509Certificate): Signer | null {
  if (!certificate.checkPrivateKey(key)) return null
  const { namedCurve: curve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  const algorithm =
    key.asymmetricKeyType === 'ec' && curve === 'prime256v1'
      ? 'ES256'
      : key.asymmetricKeyType === 'rsa' && modulusLength >= leastRsaBits
        ? 'PS256'
        : null
  if (algorithm === null) return null
  return {
    algorithm,
    key,
    certificate: certificate.raw,
    kid: kidOf(certificate.raw),
    country: countryOf(certificate),
    validFrom: new Date(certificate.validFrom),
    validUntil: new Date(certificate.validTo),
  }
}

function countryOf({ subject }: X509Certificate): string | null {
  const code = /^C=([A-Z]{2})$/m.exec(subject)?.[1] ?? ''
  return valueSets().countries.split(' ').includes(code) ? code : null
}

/** The key id of a certificate in DER. */
export function kidOf(der: Uint8Array): Buffer {
  return createHash('sha256').update(der).digest().subarray(0, 8)
}

/** Signs bytes as COSE wants it: ES256 as r and s of 32 bytes each, PS256 with a salt of 32 bytes. */
export function signBytes(bytes: Uint8Array, signer: Signer): Buffer {
  if (signer.algorithm === 'PS256')
    return sign('sha256', bytes, { key: signer.key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
  // Asking OpenSSL for DER and taking r and s out costs half of asking node:crypto for `ieee-p1363` (measured on Node 24).
  return rawSignature(sign('sha256', bytes, signer.key))
}
