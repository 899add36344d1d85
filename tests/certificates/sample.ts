import { deflateSync, inflateSync } from 'node:zlib'
import { decodeBase45, encodeBase45 } from '../../src/certificates/base45.ts'
import type { DccPayload } from '../../src/certificates/dcc.ts'
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

export const head = { ver: '1.3.0', nam: { fnt: 'A' }, dob: '1964' }
const end = { co: 'BE', is: 'X', ci: 'URN:UVCI:01:BE:1' }
export const entries = {
  t: { tg: '840539006', tt: 'LP217198-3', ma: '1232', sc: '2022-07-01T10:00:00Z', tr: '260415000', ...end },
  v: {
    tg: '840539006',
    vp: '1119349007',
    mp: 'EU/1/20/1528',
    ma: 'ORG-100030215',
    dn: 3,
    sd: 3,
    dt: '2022-01-05',
    ...end,
  },
  r: { tg: '840539006', fr: '2022-06-01', df: '2022-06-12', du: '2022-11-28', ...end },
}

export type Group = keyof typeof entries

/** A complete payload, as an issuer may hand over to be issued as it stands. */
export function whole(group: Group, change: object = {}, around: object = {}): DccPayload {
  return { ...head, [group]: [{ ...entries[group], ...change }], ...around } as unknown as DccPayload
}
