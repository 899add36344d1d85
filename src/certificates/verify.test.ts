import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { decode, encode } from 'cborg'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { encodeBase45 } from './base45.ts'
import { toJson, readCbor } from './cbor.ts'
import { makeDevelopmentSigner } from './development.ts'
import { issueCertificate } from './issue.ts'
import { payloadFor } from './request.ts'
import { euRules } from './rules.ts'
import { signBytes } from './signer.ts'
import { readTrustedKey, type TrustedKey } from './trust.ts'
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
  wrap,
} from '../../tests/certificates/sample.ts'

describe('verifying', () => {
  it('names the step that fails', () => {
    const hc1 = issued()
    expect(failing(hc1.replace('HC1', 'HC2'))).toEqual(['prefix certificate-prefix-other'])
    expect(failing(`HC1:${hc1.slice(4).toLowerCase()}`)).toEqual(['base45 certificate-base45-unreadable'])
    expect(failing(`HC1:${'0'.repeat(9000)}`)).toEqual(['base45 certificate-too-long'])
    expect(failing(`HC1:${encodeBase45(Buffer.from('no zlib'))}`)).toEqual(['zlib certificate-zlib-unreadable'])
    expect(failing(`HC1:${encodeBase45(deflateSync(Buffer.alloc(2_000_000)))}`)).toEqual([
      'zlib certificate-inflates-too-far',
    ])
    expect(failing(wrap(Buffer.from('hello')))).toEqual(['cose certificate-cose-unreadable'])
    expect(failing(hc1, [])).toEqual(['signature certificate-signer-unknown'])
    expect(failing(hc1, [trusted], new Date('2022-06-30T09:00:00Z'))).toEqual(['expiry certificate-not-yet-valid'])
    expect(failing(hc1, [trusted], new Date('2023-07-01T00:00:00Z'))).toEqual(['expiry certificate-expired'])
  })

  it('refuses a changed byte, and tries every key of one kid', async () => {
    const cose = coseOf(issued())
    cose[cose.length - 100] = (cose[cose.length - 100] ?? 0) ^ 1
    expect(verifyCertificate(wrap(cose), [trusted], at).valid).toBe(false)
    const other = trust(await makeDevelopmentSigner({ at: issuedAt }))
    const sharing = { ...other, kid: trusted.kid }
    expect(verifyCertificate(issued(), [sharing, trusted], at).valid).toBe(true)
    expect(verifyCertificate(issued(), [sharing], at).steps).toMatchObject({
      signature: false,
      keyUsage: null,
      schema: true,
    })
  })

  it('takes no signature of a key that is too small or of another curve, whoever trusts it', () => {
    const file = readFileSync(join(import.meta.dirname, '../../tests/certificates/signer-keys.yaml'), 'utf8')
    const made = parse(file) as {
      at: string
      certificates: { key: string; allowed: boolean; signer: string; hc1: string }[]
    }
    for (const { key, allowed, signer: der, hc1 } of made.certificates) {
      const found = verifyCertificate(hc1, [readTrustedKey(der)!], new Date(made.at))
      expect({ key, valid: found.valid, codes: found.reasons.map(({ code }) => code) }).toEqual({
        key,
        valid: allowed,
        codes: allowed ? [] : ['certificate-key-not-allowed'],
      })
      if (!allowed) expect(found.steps).toMatchObject({ signature: false, keyUsage: null, schema: true, expiry: true })
    }
  })

  it('refuses a header that must be understood and is not, and tells a missing key id', () => {
    const kid = Buffer.from(trusted.kid, 'hex')
    const found = (header: readonly [number, unknown][], unprotected: readonly [number, unknown][] = []) =>
      verifyCertificate(withHeaders(header, unprotected), [trusted], at).reasons.map(({ code }) => code)
    const usual: [number, unknown][] = [
      [1, -7],
      [4, kid],
    ]
    expect(found(usual)).toEqual([])
    expect(found([...usual, [2, [1, 4]]])).toEqual([])
    for (const crit of [[99], [4, 99], [], 1, ['x'], [3]])
      expect(found([...usual, [2, crit], [99, 1]])).toEqual(['certificate-cose-unreadable'])
    expect(
      found(
        [
          [1, -7],
          [2, [4]],
        ],
        [[4, kid]],
      ),
    ).toEqual(['certificate-cose-unreadable'])
    expect(found(usual, [[2, [1]]])).toEqual(['certificate-cose-unreadable'])
    expect(found([[1, -7]])).toEqual(['certificate-key-id-missing'])
    expect(
      found([
        [1, -7],
        [4, Buffer.alloc(0)],
      ]),
    ).toEqual(['certificate-key-id-missing'])
  })

  it('says what of the claims cannot be read', () => {
    const claims = (text: string) =>
      wrap(encode([Buffer.alloc(0), new Map(), Buffer.from(text, 'hex'), Buffer.alloc(64)]))
    const why = (text: string) => verifyCertificate(claims(text), [trusted], at).reasons[0]?.params['why']
    expect(why('a104f97e00')).toMatch(/^claims: .*NaN/)
    expect(why('a204010402')).toMatch(/^claims: .*(repeat|duplicate)/i)
    expect(why('01')).toBe('claims are not a map')
    expect(why('a10401')).toBe('claim -260')
  })

  it('holds the signer to its key usage, in both forms of the numbers', async () => {
    expect(await usage('1.3.6.1.4.1.1847.2021.1.1')).toBe(true)
    expect(await usage('1.3.6.1.4.1.0.1847.2021.1.1')).toBe(true)
    expect(await usage('1.3.6.1.4.1.1847.2021.1.2')).toBe(false)
    expect(await usage('1.3.6.1.5.5.7.3.1')).toBe(false)
  })

  it('never throws and always answers, whatever the bytes', () => {
    const cose = coseOf(issued())
    const damaged = fc.tuple(fc.nat(cose.length - 1), fc.nat(255), fc.nat(cose.length)).map(([place, byte, end]) => {
      const copy = Buffer.from(cose)
      copy[place] = byte
      return wrap(end % 3 === 0 ? copy.subarray(0, end) : copy)
    })
    const hostile = fc.oneof(
      fc.string({ maxLength: 500 }),
      fc.string().map((text) => `HC1:${text}`),
      fc.uint8Array({ maxLength: 600 }).map((bytes) => `HC1:${encodeBase45(bytes)}`),
      fc.uint8Array({ maxLength: 600 }).map(wrap),
      damaged,
    )
    fc.assert(
      fc.property(hostile, (text) => {
        expect(typeof verifyCertificate(text, [trusted], at, { rules: euRules() }).valid).toBe('boolean')
      }),
      { numRuns: 400 },
    )
  })

  it('reads no deep nesting, duplicate keys, lone bytes or endless lengths', () => {
    for (const hex of [
      'a201020103',
      '7f6161ff',
      '5f4161ff',
      '62c328',
      '9affffffff',
      'bb00000000ffffffff',
      'c249010000000000000000',
      'd9d9f701',
      'a1',
      '0101',
    ])
      expect(readCbor(Buffer.from(hex, 'hex')).state, hex).toBe('unreadable')
    expect(readCbor(Buffer.alloc(60_000, 0x81)).state).toBe('unreadable')
    expect(readCbor(Buffer.alloc(60_000, 0x9f)).state).toBe('unreadable')
    expect(readCbor(Buffer.from('bf616101ff', 'hex'))).toEqual({ state: 'read', value: new Map([['a', 1]]) })
    expect(readCbor(Buffer.from('c0613a', 'hex'))).toEqual({ state: 'read', value: ':' })
    const proto = readCbor(encode(new Map([['__proto__', 1]])))
    expect(proto.state === 'read' && Object.keys(toJson(proto.value) as object)).toEqual(['__proto__'])
  })

  it('tells codes outside the value sets and rules not met, and stays valid', () => {
    const built = payloadFor(request, issuedAt)
    if (built.state === 'refused' || !('t' in built.payload)) throw new Error('refused')
    const payload = { ...built.payload, t: [{ ...built.payload.t[0], ma: '9999' }] as const }
    const hc1 = issueCertificate(payload, signer, times).hc1
    const found = verifyCertificate(hc1, [trusted], at, { rules: euRules() })
    expect(found.valid).toBe(true)
    expect(found.remarks).toContainEqual({ step: 'codes', code: 'certificate-code-unknown', params: { field: 'ma' } })
    expect(found.rules).toContainEqual({ rule: 'device-known', met: false })
    expect(found.rules).toContainEqual({ rule: 'rapid-test-age', met: true })
    const nextDay = verifyCertificate(hc1, [trusted], new Date('2022-07-02T08:00:00Z'), { rules: euRules() })
    expect(nextDay.rules).toContainEqual({ rule: 'rapid-test-age', met: false })
  })
})

function failing(text: string, keys: readonly TrustedKey[] = [trusted], moment = at): string[] {
  return verifyCertificate(text, keys, moment).reasons.map(({ step, code }) => `${step} ${code}`)
}

/** A certificate truly signed under the headers given. */
function withHeaders(header: readonly [number, unknown][], unprotected: readonly [number, unknown][]): string {
  const [, , payload] = decode(coseOf(issued()).subarray(1), { useMaps: true }) as readonly unknown[]
  const protectedBytes = Buffer.from(encode(new Map(header)))
  const signed = encode(['Signature1', protectedBytes, Buffer.alloc(0), payload])
  return wrap(encode([protectedBytes, new Map(unprotected), payload, signBytes(signed, signer)]))
}

async function usage(oid: string): Promise<boolean | null> {
  const limited = await makeDevelopmentSigner({ at: issuedAt, usages: [oid] })
  return verifyCertificate(issued(limited), [trust(limited)], at).steps.keyUsage
}
