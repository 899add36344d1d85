import { describe, expect, it } from 'vitest'
import { readCbor, toJson } from './cbor.ts'
import { CborWriter } from './cbor-writer.ts'
import type { DccPayload } from './dcc.ts'
import { issueCertificate } from './issue.ts'
import { payloadFor } from './request.ts'
import { verifyCertificate } from './verify.ts'
import {
  at,
  entries,
  head,
  issuedAt,
  signer,
  times,
  trusted,
  whole,
  type Group,
} from '../../tests/certificates/sample.ts'

function faultsOf(asked: unknown): string[] {
  const built = payloadFor(asked, issuedAt)
  return built.state === 'refused' ? built.faults.map(({ code, path }) => `${path} ${code}`) : []
}

describe('a complete payload', () => {
  it.each(['t', 'v', 'r'] as const)('of group %s is issued as it stands', (group) => {
    const built = payloadFor(whole(group, { own: 'x' }, { more: [null, true, false, 1.5, -7, { a: '' }] }), issuedAt)
    expect(built).toEqual({
      state: 'built',
      payload: whole(group, { own: 'x' }, { more: [null, true, false, 1.5, -7, { a: '' }] }),
      uvci: 'URN:UVCI:01:BE:1',
    })
    const { hc1 } = issueCertificate((built as { payload: DccPayload }).payload, signer, times)
    const found = verifyCertificate(hc1, [trusted], at)
    expect([found.valid, found.payload]).toEqual([true, (built as { payload: DccPayload }).payload])
  })

  it('says the time of its sample in full', () => {
    expect(payloadFor(whole('t', { sc: '2022-07-01T09:00+02' }), issuedAt)).toMatchObject({
      payload: { t: [{ sc: '2022-07-01T09:00:00+02:00' }] },
    })
  })

  it.each<[string, Group, object, string]>([
    ['a positive test', 't', { tr: '260373001' }, '/t/0/tr certificate-result-not-negative'],
    ['another disease', 't', { tg: 'nonsense' }, '/t/0/tg certificate-code-not-issued'],
    ['a kind of test nobody knows', 't', { tt: 'X' }, '/t/0/tt certificate-code-not-issued'],
    ['a device nobody knows', 't', { ma: '9999' }, '/t/0/ma certificate-code-not-issued'],
    ['a rapid test without device', 't', { ma: undefined }, '/t/0/ma certificate-request-unreadable'],
    ['a sample after issuing', 't', { sc: '2022-07-01T10:00:01Z' }, '/t/0/sc certificate-time-impossible'],
    ['a sample without offset', 't', { sc: '2022-07-01T10:00:00' }, '/t/0/sc certificate-time-unreadable'],
    ['another identifier', 't', { ci: 'mine' }, '/t/0/ci certificate-identifier-unreadable'],
    ['an identifier of another country', 't', { ci: 'URN:UVCI:01:NL:1' }, '/t/0/ci certificate-identifier-unreadable'],
    [
      'a wrong check character',
      't',
      { ci: 'URN:UVCI:01:NL:187/37512422923#Y', co: 'NL' },
      '/t/0/ci certificate-identifier-unreadable',
    ],
    ['an inactive vaccine', 'v', { mp: 'Vidprevtyn' }, '/v/0/mp certificate-code-not-issued'],
    ['an inactive prophylaxis', 'v', { vp: 'J07BX03' }, '/v/0/vp certificate-code-not-issued'],
    ['the holder of another vaccine', 'v', { ma: 'ORG-100031184' }, '/v/0/ma certificate-code-not-issued'],
    ['the prophylaxis of another vaccine', 'v', { vp: '29061000087103' }, '/v/0/vp certificate-code-not-issued'],
    ['dose 3 of 2', 'v', { sd: 2 }, '/v/0/dn certificate-doses-impossible'],
    ['a dose to come', 'v', { dt: '2022-07-02' }, '/v/0/dt certificate-time-impossible'],
    ['a date-time as day', 'v', { dt: '2022-06-01T10:00:00Z' }, '/v/0/dt certificate-time-unreadable'],
    ['a recovery to come', 'r', { fr: '2022-07-02', df: '2022-07-13' }, '/r/0/fr certificate-time-impossible'],
    ['days in the wrong order', 'r', { du: '2022-06-11' }, '/r/0/du certificate-time-impossible'],
  ])('with %s is refused', (_what, group, change, fault) => {
    expect(faultsOf(whole(group, change))).toEqual([fault])
  })

  it('of another country, a positive test and a birth to come has all faults at once', () => {
    expect(faultsOf(whole('t', { co: 'XXQ', tr: '260373001' }, { dob: '2099', nam: { fnt: '' } }))).toEqual([
      '/nam/fnt certificate-name-empty',
      '/dob birth-after-fact',
      '/t/0/co certificate-code-not-issued',
      '/t/0/ci certificate-identifier-unreadable',
      '/t/0/tr certificate-result-not-negative',
    ])
  })

  it('has the schema of its version, and one entry in every version', () => {
    expect(faultsOf(whole('t', { sc: 'noon' }))).toEqual(['/t/0/sc certificate-schema-faulty'])
    expect(faultsOf({ ...head, ver: '9.0.0' })).toEqual(['/ver certificate-schema-version-unknown'])
    const two = [entries.t, { ...entries.t, tr: '260373001' }].map((entry) => ({ ...entry, tc: 'Y' }))
    expect(faultsOf({ ...head, ver: '1.2.0', t: two })).toEqual(['/t certificate-schema-faulty'])
  })

  it.each([
    ['URN:UVCI:01:NL:187/37512422923#Z', 'NL'],
    ['URN:UVCI:01:BE:A', 'BE'],
    ['01BEVLWLUNCYEOWTE6IFPOSVE6PH#2', 'BE'],
  ])('may have the identifier %s', (ci, co) => expect(faultsOf(whole('t', { ci, co }))).toEqual([]))
})

describe('what is written', () => {
  const written = (value: unknown): unknown => {
    const writer = new CborWriter(4)
    writer.value(value)
    const read = readCbor(writer.written())
    return read.state === 'read' ? toJson(read.value) : read
  }

  it.each([[null], [true], [false], [1.5], [-0.1], [5e-324], [2 ** 53 - 1], [1 - 2 ** 53], [[null, { a: true }]]])(
    'comes back as it was: %j',
    (value) => expect(written(value)).toEqual(value),
  )

  it.each([[2 ** 60], [-1e17], [1e300], [Infinity], [Number.NaN], ['\ud800'], [{ '\udc00': 1 }], [1n], [() => 1]])(
    'is refused when it would not: %s',
    (value) => expect(() => written({ x: value })).toThrow('certificate-content-unwritable'),
  )

  it('nests as deep as can be read again in a certificate', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })
    const payload = (levels: number) => whole('t', {}, { x: nested(levels - 1) })
    const { hc1 } = issueCertificate(payload(30), signer, times)
    expect(verifyCertificate(hc1, [trusted], at).valid).toBe(true)
    expect(() => issueCertificate(payload(31), signer, times)).toThrow('certificate-content-unwritable')
  })

  it('is no larger than can be read again, and fits in a QR code', () => {
    const payload = (x: unknown) => whole('t', {}, { x })
    expect(() => issueCertificate(payload(Array(16_000).fill(1.5)), signer, times)).toThrow(
      'certificate-inflates-too-far',
    )
    const noise = Array.from({ length: 1500 }, (_, i) => Math.sin(i))
    expect(() => issueCertificate(payload(noise), signer, times)).toThrow('certificate-too-long')
  })
})
