import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

interface Issued {
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
      ['verify', '--trust', '/none'],
      ['verify', '--revocation', dsc],
    ])
      expect((await sluis(args)).code).toBe(2)
    for (const args of [['--help'], ['issue', '--help'], ['verify', '--help']]) expect((await sluis(args)).code).toBe(0)
  })
})
