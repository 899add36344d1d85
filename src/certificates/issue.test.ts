import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { Sign1 } from '@auth0/cose'
import { decode } from 'cborg'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CborWriter } from './cbor-writer.ts'
import { makeDevelopmentSigner, makeDevelopmentKeys, signerFromPem } from './development.ts'
import { issueCertificate } from './issue.ts'
import { payloadFor } from './request.ts'
import { toSigner } from './signer.ts'
import { readTrustedKey, readTrustedKeys } from './trust.ts'
import { verifyCertificate } from './verify.ts'
import {
  at,
  coseOf,
  issued,
  issuedAt,
  request,
  signer,
  times,
  trust,
  trusted,
} from '../../tests/certificates/sample.ts'

describe('issuing', () => {
  it('makes what verifies, whatever the names', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 90 })
    fc.assert(
      fc.property(name, name, fc.uuid(), (familyName, givenName, recordId) => {
        const asked = { ...request, recordId, person: { familyName: `A${familyName}`, givenName, birthDate: '1964' } }
        const found = verifyCertificate(issued(signer, asked), [trusted], at)
        expect(found.reasons).toEqual([])
        expect(found.remarks).toEqual([])
        expect(found.valid).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('gives the same identifier for the same record, and another for another', () => {
    const ids = [request, request, { ...request, recordId: 'other' }].map((asked) => {
      const built = payloadFor(asked, issuedAt)
      return built.state === 'built' ? built.uvci : ''
    })
    expect(ids[0]).toBe(ids[1])
    expect(ids[0]).not.toBe(ids[2])
    expect(ids[0]).toMatch(/^URN:UVCI:01:BE:[A-Z2-7]{24}#[A-Z0-9/:]$/)
  })

  it('is read by another COSE library', async () => {
    const cose = Sign1.decode(coseOf(issued()))
    await expect(cose.verify(new X509Certificate(signer.certificate).publicKey)).resolves.toBeUndefined()
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
    await expect(cose.verify(other)).rejects.toThrow()
  })

  it('signs PS256 with an RSA key', async () => {
    const rsa = await makeDevelopmentSigner({ at: issuedAt, algorithm: 'PS256' })
    expect(rsa.algorithm).toBe('PS256')
    expect(verifyCertificate(issued(rsa), [trust(rsa)], at).valid).toBe(true)
  })

  it('refuses times outside the signer, and a key that is not the certificate’s', async () => {
    const built = payloadFor(request, issuedAt)
    if (built.state === 'refused') throw new Error('refused')
    const late = { ...times, expiresAt: new Date('2030-01-01T00:00:00Z') }
    expect(() => issueCertificate(built.payload, signer, late)).toThrow('certificate-times-outside-signer')
    const [one, two] = await Promise.all([makeDevelopmentKeys(), makeDevelopmentKeys()])
    expect(() => signerFromPem({ key: one.key, certificate: two.certificate })).toThrow('certificate-signer-unusable')
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
    expect(toSigner(p384, new X509Certificate(one.certificate))).toBeNull()
  })

  it('writes the smallest forms of every size of text and number', () => {
    const values = fc.letrec((tie) => ({
      value: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.maxSafeInteger(), tie('list'), tie('object')),
      list: fc.array(tie('value'), { maxLength: 4 }),
      object: fc.dictionary(fc.string({ maxLength: 5 }), tie('value'), { maxKeys: 4 }),
    }))
    const writer = new CborWriter(16)
    fc.assert(
      fc.property(values.object, (value) => {
        writer.restart()
        writer.value(value)
        // The round trip through JSON takes off prototypes; NFC is what the writer makes of text.
        const plain = JSON.parse(JSON.stringify(value).normalize('NFC')) as unknown
        expect(decode(writer.written(), { strict: true })).toEqual(plain)
      }),
      { numRuns: 300 },
    )
  })
})

describe('keys in development', () => {
  it('come with an authority that signed them', async () => {
    const { certificate, authority } = await makeDevelopmentKeys()
    expect(new X509Certificate(certificate).verify(createPublicKey(authority))).toBe(true)
    expect(readTrustedKey(certificate)?.kid).toBe(
      readTrustedKey(new X509Certificate(certificate).raw.toString('base64'))?.kid,
    )
    expect(readTrustedKey('no certificate')).toBeNull()
    const kids = readTrustedKeys(`Subject: x\n${certificate}\n${authority}`)?.map(({ kid }) => kid)
    expect(kids).toEqual([certificate, authority].map((pem) => readTrustedKey(pem)?.kid))
    expect(readTrustedKeys(`${certificate}${authority.replace('MII', 'XXX')}`)).toBeNull()
  })
})
