import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeDevelopmentKeys } from '../certificates/development.ts'
import { revocationEntry } from '../certificates/revocation.ts'
import { run } from './certificate.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluis-certificate-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function sluis(args: readonly string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const code = await run(args, { stdin: Readable.from([Buffer.from(input)]), stdout, stderr })
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

const request = JSON.stringify({
  recordId: 'r-1',
  person: { familyName: 'Peeters', givenName: 'An', birthDate: '1980-01-02' },
  test: { device: '1232', result: 'negative', sampledAt: '2022-07-01T08:15:00+02:00', centre: 'Apotheek Zon' },
})

interface Answer {
  readonly valid: boolean
  readonly steps: { readonly prefix: boolean | null }
  readonly reasons: readonly { readonly step: string; readonly code: string; readonly text: string }[]
  readonly remarks: Answer['reasons']
}

interface Issued {
  readonly uvci: string
  readonly hc1: string
  readonly signer: string
}

let issued: Issued
const dsc = join(folder, 'dsc.txt')

beforeAll(async () => {
  const args = ['issue', '--data', folder, '--at', '2022-07-01T10:00:00Z', '--json', '--svg', join(folder, 'qr.svg')]
  const made = await sluis([...args, '--png', join(folder, 'qr.png')], request)
  expect(made.code).toBe(0)
  issued = JSON.parse(made.out) as Issued
  writeFileSync(dsc, issued.signer)
})

describe('sluis certificate', () => {
  it('issues with pictures, and again with the same signer', async () => {
    expect(readFileSync(join(folder, 'qr.svg'), 'utf8')).toContain('<svg')
    expect(readFileSync(join(folder, 'qr.png')).subarray(1, 4).toString()).toBe('PNG')
    const again = await sluis(['issue', '--data', folder, '--at', '2022-07-01T10:00:00Z'], request)
    expect(again.out).toMatch(/^HC1:[^\n]+\n$/)
    expect(again.err).toBe('')
  })

  it('verifies what it issued: exit code 0, and 1 at a moment it does not hold', async () => {
    const good = await sluis(['verify', '--json', '--trust', dsc, '--at', '2022-07-02T00:00:00Z'], `${issued.hc1}\r\n`)
    const answer = JSON.parse(good.out) as Record<string, unknown>
    expect(good.code).toBe(0)
    expect(answer).toMatchObject({ valid: true, reasons: [], payload: { nam: { fnt: 'PEETERS' } } })
    expect(Object.keys(answer['steps'] as object)).toEqual([
      'prefix',
      'base45',
      'zlib',
      'cose',
      'signature',
      'keyUsage',
      'schema',
      'expiry',
    ])
    const late = await sluis(['verify', '--trust', dsc, '--at', '2024-01-01T00:00:00Z', '--language', 'en'], issued.hc1)
    expect(late.code).toBe(1)
    expect(late.out).toContain('The certificate ran out on')
  })

  it('answers every line of a batch, also one it cannot read', async () => {
    const line = { id: 'a', hc1: issued.hc1, trust: [issued.signer], at: '2022-07-02T00:00:00Z' }
    const long = 'A'.repeat(3_000_000)
    const lines = [
      `\uFEFF${JSON.stringify(line)}`,
      '{',
      JSON.stringify({ ...line, id: 2, at: 'noon' }),
      '',
      'x'.repeat(300_000),
      JSON.stringify({ id: 'huge "text"', hc1: `HC1:${long}` }),
      JSON.stringify({ hc1: `HC1:${long}`, id: 6 }),
      JSON.stringify({ hc1: `HC1:${long}`, at: '', id: 'b' }),
      JSON.stringify({ ...line, id: 'one signer', trust: issued.signer }),
    ]
    const file = join(folder, 'batch.jsonl')
    writeFileSync(file, lines.join('\n'))
    const batch = await sluis(['verify', '--json', '--batch', file])
    const answers = batch.out
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as { id: unknown; valid: boolean })
    expect(answers.map(({ id, valid }) => [id, valid])).toEqual([
      ['a', true],
      [null, false],
      [2, false],
      [null, false],
      ['huge "text"', false],
      [6, false],
      ['b', false],
      ['one signer', true],
    ])
    expect(batch.code).toBe(1)
    expect((await sluis(['verify', '--batch', join(folder, 'none')])).code).toBe(2)
  })

  it('says of a line what could not be read, and no step that was not looked at', async () => {
    const line = { id: 'a', hc1: issued.hc1, trust: [issued.signer], at: '2022-07-02T00:00:00Z' }
    const other = JSON.stringify({ ...line, trust: ['junk', 5] })
    const lines = [
      'nope',
      '[]',
      '{"id":1}',
      JSON.stringify({ ...line, at: '2022-02-30' }),
      JSON.stringify({ ...line, at: null }),
      'x'.repeat(300_000),
      other,
      JSON.stringify({ ...line, trust: ['junk', issued.signer] }),
    ]
    const { out } = await sluis(['verify', '--batch', '-'], lines.join('\n'))
    const answers = out
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as Answer)
    const told = (reasons: Answer['reasons']): string => reasons.map(({ step, code }) => `${step} ${code}`).join(', ')
    expect(
      answers.map(({ valid, steps, reasons, remarks }) => [valid, steps.prefix, told(reasons), told(remarks)]),
    ).toEqual([
      [false, null, 'request json-broken', ''],
      [false, null, 'request certificate-request-not-object', ''],
      [false, null, 'request certificate-request-unreadable', ''],
      [false, null, 'request certificate-moment-unreadable', ''],
      [false, null, 'request certificate-moment-unreadable', ''],
      [false, null, 'request certificate-request-too-large', ''],
      [
        false,
        true,
        'request certificate-trust-unreadable, request certificate-trust-unreadable, signature certificate-signer-unknown',
        '',
      ],
      [true, true, '', 'request certificate-trust-unreadable'],
    ])
    expect(answers[6]?.reasons[1]?.text).toBe('Number 2 of trust is no certificate of a signer.')
  })

  it('says of a batch that cannot be opened which and why', async () => {
    const none = join(folder, 'none')
    expect((await sluis(['verify', '--batch', none])).err).toBe(`${none}: there is no such file\n`)
    expect((await sluis(['verify', '--batch', folder])).err).toBe(`${folder}: it cannot be opened (EISDIR)\n`)
  })

  it('trusts every certificate of a file', async () => {
    const [pem, bundle] = [
      `-----BEGIN CERTIFICATE-----\n${issued.signer}\n-----END CERTIFICATE-----\n`,
      join(folder, 'bundle.pem'),
    ]
    const { authority } = JSON.parse(readFileSync(join(folder, 'development-signer.json'), 'utf8')) as {
      authority: string
    }
    const verify = () => sluis(['verify', '--trust', bundle, '--at', '2022-07-02'], issued.hc1)
    writeFileSync(bundle, authority + pem)
    expect((await verify()).code).toBe(0)
    writeFileSync(bundle, pem + authority.replace('MII', 'XXX'))
    expect((await verify()).code).toBe(2)
  })

  it('finds a revoked certificate, and judges nothing by a list with an entry that is none', async () => {
    const list = join(folder, 'revoked.json')
    const { hash } = revocationEntry(issued.uvci)
    const verify = async (entries: unknown[]) => {
      writeFileSync(list, JSON.stringify({ entries }))
      return sluis(['verify', '--trust', dsc, '--at', '2022-07-02', '--revocation', list], issued.hc1)
    }
    const good = { type: 'UCI', hash }
    expect((await verify([good])).code).toBe(1)
    for (const bad of [{ type: 'uci', hash }, { type: 'UCI', hash: Buffer.from(hash, 'base64').toString('hex') }, 5]) {
      const { code, out, err } = await verify([good, bad])
      expect([code, out]).toEqual([2, ''])
      expect(err).toContain(`entry 2 of ${list} is none`)
    }
  })

  it('holds a complete payload to the rules of issuing, and hands out nothing that does not hold', async () => {
    const entry = { tg: '840539006', tt: 'LP217198-3', ma: '1232', sc: '2022-07-01T10:00:00Z', tr: '260415000' }
    const whole = {
      ver: '1.3.0',
      nam: { fnt: 'A' },
      dob: '1964',
      t: [{ ...entry, co: 'BE', is: 'X', ci: 'URN:UVCI:01:BE:1' }],
    }
    const issue = async (asked: unknown) => {
      const input = typeof asked === 'string' ? asked : JSON.stringify(asked)
      const args = ['issue', '--data', folder, '--at', '2022-07-01T10:00:00Z', '--json']
      const { code, out } = await sluis(args, input)
      return [code, (JSON.parse(out) as { faults?: { code: string }[] }).faults?.map((fault) => fault.code)]
    }
    expect(await issue({ ...whole, x: [null, true, 1.5] })).toEqual([0, undefined])
    const positive = { ...whole, t: [{ ...whole.t[0], tr: '260373001' }] }
    expect(await issue(positive)).toEqual([1, ['certificate-result-not-negative']])
    expect(await issue({ ...whole, x: 1e300 })).toEqual([1, ['json-number-range']])
    const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })
    expect(await issue({ ...whole, x: deep(30) })).toEqual([1, ['certificate-content-unwritable']])
    // Two keys that are the same text once composed.
    expect(await issue({ ...whole, 'e\u0301': 1, '\u00e9': 2 })).toEqual([1, ['certificate-cose-unreadable']])
    expect(await issue('')).toEqual([1, ['certificate-request-not-object']])
    expect(await issue('{"a')).toEqual([1, ['json-broken']])
    expect(await issue('[]')).toEqual([1, ['certificate-request-not-object']])
    expect(await issue(' '.repeat(70_000))).toEqual([1, ['certificate-request-too-large']])
  })

  it('is issued by the country of its signer, wherever the test or dose was', async () => {
    const keys = await makeDevelopmentKeys({ at: new Date('2022-07-01T00:00:00Z'), country: 'BE' })
    const [key, cert] = [join(folder, 'be.key'), join(folder, 'be.pem')]
    writeFileSync(key, keys.key)
    writeFileSync(cert, keys.certificate)
    const own = ['--key', key, '--cert', cert]
    const entry = { tg: '840539006', tt: 'LP217198-3', ma: '1232', sc: '2022-07-01T10:00:00Z', tr: '260415000' }
    const whole = (ci: string) =>
      JSON.stringify({
        ver: '1.3.0',
        nam: { fnt: 'A' },
        dob: '1964',
        t: [{ ...entry, co: 'US', is: 'X', ci: `URN:UVCI:01:${ci}` }],
      })
    const made = async (args: readonly string[], input: string) => {
      const { code, out } = await sluis(['issue', '--at', '2022-07-01T10:00:00Z', '--json', ...args], input)
      if (code !== 0) return (JSON.parse(out) as { faults: object[] }).faults
      const { hc1, uvci } = JSON.parse(out) as { hc1: string; uvci: string }
      const verified = await sluis(['verify', '--json', '--trust', cert, '--at', '2022-07-02'], hc1)
      const { issuer, payload } = JSON.parse(verified.out) as { issuer: string; payload: { t: { co: string }[] } }
      return [issuer, payload.t[0]!.co, uvci.slice(0, 15)]
    }
    expect(await made(own, whole('BE:1'))).toEqual(['BE', 'US', 'URN:UVCI:01:BE:'])
    expect(await made(own, whole('US:1'))).toMatchObject([{ path: '/t/0/ci', params: { country: 'BE' } }])
    const asked = JSON.stringify({ ...(JSON.parse(request) as object), country: 'US' })
    expect(await made(own, asked)).toEqual(['BE', 'US', 'URN:UVCI:01:BE:'])
    // The development signer is nobody's: it issues for the country asked for, or that of the test.
    const development = ['--data', folder]
    expect(await made([...development, '--country', 'BE'], whole('BE:1'))).toEqual(['BE', 'US', 'URN:UVCI:01:BE:'])
    expect(await made(development, whole('US:1'))).toEqual(['US', 'US', 'URN:UVCI:01:US:'])
    expect((await sluis(['issue', ...development, '--country', 'Belgium'], request)).code).toBe(2)
  })

  it('reads no more of a text without end than it needs, and says which step failed', async () => {
    const steps = async (text: string) =>
      (JSON.parse((await sluis(['verify', '--json', '--trust', dsc], text)).out) as { steps: object }).steps
    expect(await steps('x'.repeat(200_000))).toMatchObject({ prefix: false, base45: null })
    expect(await steps(`HC1:${'A'.repeat(200_000)}`)).toMatchObject({ prefix: true, base45: false, zlib: null })
  })

  it('refuses a request in words, and wrong use with 2', async () => {
    const refused = await sluis(
      ['issue', '--data', folder, '--language', 'en'],
      request.replace('negative', 'positive'),
    )
    expect([refused.code, refused.err]).toEqual([1, '/test/result Only a negative test result gets a certificate.\n'])
    expect((await sluis(['issue', '--data', folder], '{')).code).toBe(1)
    for (const args of [
      [],
      ['sell'],
      ['issue', '--key', 'x'],
      ['verify', '--at', 'noon'],
      ['verify', '--at', '2022-02-30'],
      ['issue', '--at', 'July 2, 2022'],
      ['verify', '--trust', dsc, 'more.txt'],
      ['issue', '--data', folder, 'more.txt'],
      ['verify', '--trust', '/none'],
      ['verify', '--revocation', dsc],
    ])
      expect((await sluis(args)).code).toBe(2)
    for (const args of [['--help'], ['issue', '--help'], ['verify', '--help']]) expect((await sluis(args)).code).toBe(0)
  })
})
