import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReadLine } from '../formats/read-lines.ts'
import { run as read } from './read.ts'
import { run as sample } from './sample.ts'

async function call(command: typeof read, args: string[], stdin = '') {
  const said = { out: '', err: '' }
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(part, _encoding, done) {
        said[name] += String(part)
        done()
      },
    })
  const code = await command(args, {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: into('out'),
    stderr: into('err'),
  })
  return { code, ...said }
}

const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ReadLine)
const at = ['--at', '2022-07-01T10:00:00Z']

describe('sluis sample', () => {
  it.each(['rapid-test', 'vaccination', 'booster', 'second-booster'])('prints a %s that reads well', async (kind) => {
    for (const how of [[], ['--fhir'], ['--json']]) {
      const made = await call(sample, [kind, ...how, ...at])
      expect(made.code).toBe(0)
      const answer = await call(read, ['-', '--json', ...at], made.out)
      expect(answer.code).toBe(0)
      expect(linesOf(answer.out)).toMatchObject([
        { file: '-', index: 0, ok: true, records: 1, errors: [], warnings: [] },
      ])
    }
  })

  it('prints as many as asked, one a line, the same for the same seed', async () => {
    const one = await call(sample, ['booster', '--count', '5', '--seed', '3', ...at])
    const two = await call(sample, ['booster', '--count', '5', '--seed', '3', ...at])
    expect(one.out).toBe(two.out)
    const lines = linesOf((await call(read, ['-', '--json', ...at], one.out)).out)
    expect(lines.map((line) => [line.index, line.kind, line.ok])).toEqual(
      [0, 1, 2, 3, 4].map((i) => [i, 'booster-1', true]),
    )
    expect(new Set(lines.map((line) => line.controlId)).size).toBe(5)
  })

  it('prints laboratory messages that read well', async () => {
    const made = await call(sample, ['oru', '--count', '3', ...at])
    const lines = linesOf((await call(read, ['-', '--json', ...at], made.out)).out)
    expect(lines).toMatchObject([0, 1, 2].map((index) => ({ index, kind: 'ORU^R01', ok: true, warnings: [] })))
    for (const { counts, records } of lines) expect(counts).toEqual({ obx: records, mapped: records, kept: 0 })
    expect((await call(sample, ['oru', '--fhir'])).code).toBe(2)
  })

  it('prints a rapid test that gets a certificate when asked for one, and not only such when asked for many', async () => {
    const resultsOf = async (args: string[]) =>
      (await call(sample, ['rapid-test', '--json', ...args, ...at])).out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { test: { result: string } }).test.result)
    for (let seed = 1; seed <= 30; seed++) expect(await resultsOf(['--seed', String(seed)])).toEqual(['negative'])
    expect(new Set(await resultsOf(['--count', '60', '--seed', '1'])).size).toBeGreaterThan(1)
  })

  it('prints faulty ones on request', async () => {
    const made = await call(sample, ['rapid-test', '--faulty', '--count', '20', '--seed', '1', ...at])
    const answer = await call(read, ['-', '--json', ...at], made.out)
    expect(answer.code).toBe(1)
    expect(linesOf(answer.out).every((line) => !line.ok && line.errors.length > 0)).toBe(true)
  })

  it.each([[[]], [['x-ray']], [['booster', '--count', '0']], [['booster', '--at', 'soon']], [['--nonsense']]])(
    'says what it takes when called with %j',
    async (args) => {
      const { code, err } = await call(sample, args)
      expect(code).toBe(2)
      expect(err).toContain('sluis sample <kind>')
    },
  )
})

describe('sluis read', () => {
  let folder = ''
  const put = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text)
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'read-'))
    mkdirSync(join(folder, 'deep'))
    const good = (await call(sample, ['rapid-test', '--json', ...at])).out
    put('a-good.json', good)
    put('b-wrong.json', good.replace(/"insz":"\d+"/, '"insz":"12345678901"'))
    put('c-broken.json', good.slice(0, 200))
    put('d-twice.json', good.replace('"patient":', '"form":"vaccination","patient":'))
    put('deep/e.txt', 'nothing to see')
    put('deep/f.json', '{"name":"package"}')
    put('g-lab.json', '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"DiagnosticReport"}}]}')
    put('h-empty.json', '')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('walks a folder, gives one line a message, and exits 1 when one is not good', async () => {
    const { code, out } = await call(read, [folder, '--json', ...at])
    expect(code).toBe(1)
    const found = linesOf(out).map((line) => [
      line.file.slice(folder.length + 1),
      line.format,
      line.ok,
      line.errors[0]?.code,
    ])
    expect(found).toEqual([
      ['a-good.json', 'eform-json', true, undefined],
      ['b-wrong.json', 'eform-json', false, 'identifier-birth-date'],
      ['c-broken.json', 'eform-json', false, 'json-broken'],
      ['d-twice.json', 'eform-json', false, 'json-duplicate-key'],
      ['deep/e.txt', null, true, undefined],
      ['deep/f.json', null, true, undefined],
      ['g-lab.json', 'fhir-r4', false, 'fhir-bundle-type'],
      ['h-empty.json', null, true, undefined],
    ])
  })

  it('tells what the stable surface promises', async () => {
    const [line] = linesOf((await call(read, [join(folder, 'a-good.json'), '--json', ...at])).out)
    expect(line).toMatchObject({ kind: 'rapid-test', records: 1, counts: { forms: 1, mapped: 1, kept: 0 } })
    expect(line?.sender).toMatch(/^\d{8}$/)
    expect(line?.controlId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('says it in words without --json', async () => {
    const { out } = await call(read, [join(folder, 'b-wrong.json'), ...at])
    expect(out).toContain('rapid-test, 1 record, refused')
    expect(out).toContain('identifier-birth-date /patient/insz')
    expect((await call(read, [join(folder, 'deep/e.txt'), ...at])).out).toContain('deep/e.txt: no message')
  })

  it('says of results that each is read or kept, message by message and of all together', async () => {
    const oru = (await call(sample, ['oru', '--count', '2', '--seed', '5', ...at])).out
    const results = oru.split('\r').filter((line) => line.startsWith('OBX|')).length
    const bare = oru.replace(/\rOBX\|(\d+)\|([^|]*)\|[^|]*\|/, '\rOBX|$1|$2||')
    const { out } = await call(read, ['-', ...at], bare)
    expect(out).toContain('results = ')
    expect(out.trim().split('\n').at(-1)).toBe(
      `1 file, 2 messages: ${results} results in the bytes = ${results - 1} read + 1 kept unread, every one accounted for`,
    )
    expect((await call(read, ['-', '--json', ...at], bare)).out).not.toContain('in the bytes')
  })

  it('goes on after a file that is not there, and exits 2', async () => {
    const { code, out, err } = await call(read, [join(folder, 'none'), join(folder, 'a-good.json'), '--json', ...at])
    expect(code).toBe(2)
    expect(err).toContain('there is no such file')
    expect(linesOf(out)).toHaveLength(1)
    expect((await call(read, [])).code).toBe(2)
    expect((await call(read, ['--help'])).out).toContain('sluis read')
  })

  it('says of HL7v2 in UTF-16 what it is, and how many results it keeps unread', async () => {
    const { out } = await call(sample, ['oru', ...at])
    const results = out.split(/[\r\n]/).filter((line) => line.startsWith('OBX')).length
    const little = Buffer.from(out, 'utf16le')
    const mark = Buffer.from([0xff, 0xfe])
    for (const bytes of [little, Buffer.concat([mark, little]), Buffer.from(little).swap16()]) {
      const file = join(folder, 'utf-16.hl7')
      writeFileSync(file, bytes)
      const answer = await call(read, [file, '--json', ...at])
      expect(answer.code).toBe(1)
      expect(linesOf(answer.out)).toMatchObject([
        {
          format: 'hl7v2',
          ok: false,
          counts: { obx: results, mapped: 0, kept: results },
          errors: [{ code: 'hl7-utf-16' }],
        },
      ])
    }
    // Any other text in UTF-16 is still no message.
    writeFileSync(join(folder, 'utf-16.txt'), Buffer.from('a letter, no message', 'utf16le'))
    const other = await call(read, [join(folder, 'utf-16.txt'), '--json', ...at])
    expect([other.code, linesOf(other.out)[0]?.format]).toEqual([0, null])
  })

  it('knows FHIR in XML also behind a byte order mark', async () => {
    const file = join(folder, 'marked.xml')
    writeFileSync(file, '\ufeff<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/></Bundle>')
    const answer = await call(read, [file, '--json', ...at])
    expect(linesOf(answer.out)).toMatchObject([
      { format: 'fhir-r4', ok: false, errors: [{ code: 'fhir-xml-not-read' }] },
    ])
  })

  it('gives a line for any bytes', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.string().map((text) => Buffer.from(`{"form":${text}`)),
    )
    await fc.assert(
      fc.asyncProperty(bytes, async (bytes) => {
        put('any', bytes)
        const { out } = await call(read, [join(folder, 'any'), '--json', ...at])
        expect(linesOf(out).length).toBeGreaterThan(0)
      }),
    )
    rmSync(join(folder, 'any'))
  })
})
