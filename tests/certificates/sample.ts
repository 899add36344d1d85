import { deflateSync, inflateSync } from 'node:zlib'
import { decodeBase45, encodeBase45 } from '../../src/certificates/base45.ts'
import { makeDevelopmentSigner } from '../../src/certificates/development.ts'
import { issueCertificate } from '../../src/certificates/issue.ts'
import { payloadFor } from '../../src/certificates/request.ts'
import type { Signer } from '../../src/certificates/signer.ts'
import { readTrustedKey, type TrustedKey } from '../../src/certificates/trust.ts'

export const issuedAt = new Date('2022-07-01T10:00:00Z')
export const times = { issuedAt, expiresAt: new Date('2023-06-30T10:00:00Z'), issuer: 'BE' }
export const at = new Date('2022-07-01T12:00:00Z')

export const signer = await makeDevelopmentSigner({ at: issuedAt })
export const trusted = trust(signer)

export function trust({ certificate }: Signer): TrustedKey {
  const key = readTrustedKey(certificate)
  if (key === null) throw new Error('the development certificate cannot be read')
  return key
}

export const request = {
  recordId: '0197c1c2-aaaa-8bbb-8ccc-000000000001',
  person: { familyName: "d'Červenková Panklová", givenName: 'Jiřina-Maria', birthDate: '1980-01-02' },
  test: { device: '1232', result: 'negative', sampledAt: '2022-07-01T08:15:00+02:00', centre: 'Apotheek Zon' },
  country: 'BE',
  issuer: 'Sciensano',
}

export function issued(by: Signer = signer, asked: unknown = request): string {
  const built = payloadFor(asked, issuedAt)
  if (built.state === 'refused') throw new Error(JSON.stringify(built.faults))
  return issueCertificate(built.payload, by, times).hc1
}

/** Wraps any COSE bytes as a certificate text. */
export function wrap(cose: Uint8Array): string {
  return `HC1:${encodeBase45(deflateSync(cose))}`
}

export function coseOf(hc1: string): Buffer {
  return inflateSync(decodeBase45(hc1.slice(4)) ?? Buffer.alloc(0))
}
