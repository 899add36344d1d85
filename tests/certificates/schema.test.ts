import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { calendarDate, dateTime } from '../../src/certificates/dates.ts'
import { dccSchema, type SchemaVersion } from '../../src/certificates/dcc-schema.ts'
import { checkSchema } from '../../src/certificates/schema.ts'

const folder = join(process.env['SLUIS_SHARED'] ?? '../shared', 'dcc-schema')
const vectors = join(process.env['SLUIS_SHARED'] ?? '../shared', 'dcc-vectors')
const present = existsSync(folder) && existsSync(vectors)

const published: Readonly<Record<string, SchemaVersion>> = {
  'DGC-DCC.combined-schema.1.0.0.json': '1.0.0',
  'DGC-DCC.combined-schema.1.0.1.json': '1.0.0',
  'DGC-DCC.combined-schema.1.1.0.json': '1.1.0',
  'DGC-DCC.combined-schema.1.2.0.json': '1.2.0',
  'DGC-DCC.combined-schema.1.2.1.json': '1.2.0',
  'DCC.combined-schema.1.3.0.json': '1.3.0',
  'DCC.combined-schema.1.3.3.json': '1.3.2',
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8')) as unknown
}

function validator(schema: unknown): (payload: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addFormat('date', (text) => calendarDate(text) || dateTime(text))
  ajv.addFormat('date-time', (text) => dateTime(text))
  const validate = ajv.compile(schema as object)
  return (payload) => validate(payload)
}

/** Payloads near the border: each real one, and copies with one thing changed. */
function payloads(): Record<string, unknown>[] {
  const real = globSync('**/*.json', { cwd: vectors }).map(
    (file) => (read(join(vectors, file)) as { JSON?: unknown }).JSON,
  )
  const own = globSync(['schema-tests/**/*.json', 'examples/**/*.json'], { cwd: folder }).map((file) =>
    read(join(folder, file)),
  )
  const whole = [...real, ...own].filter((one) => typeof one === 'object' && one !== null) as Record<string, unknown>[]
  // Every fifth of them, because the files of one state differ little.
  return whole.filter((_, i) => i % 5 === 0).flatMap((payload) => [payload, ...mutants(payload)])
}

function mutants(payload: Record<string, unknown>): Record<string, unknown>[] {
  const changed: Record<string, unknown>[] = [
    { ...payload, dob: '1964' },
    { ...payload, dob: '' },
    { ...payload, dob: '1809-01-01' },
  ]
  for (const group of ['v', 't', 'r'] as const) {
    const entries = payload[group]
    if (!Array.isArray(entries) || typeof entries[0] !== 'object') continue
    const entry = entries[0] as Record<string, unknown>
    for (const key of Object.keys(entry)) {
      const { [key]: _, ...without } = entry
      changed.push({ ...payload, [group]: [without] }, { ...payload, [group]: [{ ...entry, [key]: 0 }] })
      changed.push(
        { ...payload, [group]: [{ ...entry, [key]: 'x'.repeat(60) }] },
        { ...payload, [group]: [{ ...entry, [key]: 10 }] },
      )
    }
    changed.push({ ...payload, [group]: [] }, { ...payload, [group]: [entry, entry] }, { ...payload, [group]: entry })
    if (group === 't') changed.push({ ...payload, t: [{ ...entry, dr: 'soon' }] })
  }
  const nam = payload['nam'] as Record<string, unknown> | undefined
  for (const key of Object.keys(nam ?? {})) {
    const { [key]: _, ...without } = nam ?? {}
    changed.push({ ...payload, nam: without }, { ...payload, nam: { ...nam, [key]: 'Ab'.repeat(30) } })
  }
  return changed
}

/** Ours asks for one group in every version, the published ones since 1.3.0; that is the only difference. */
function oneGroup(payload: Record<string, unknown>): boolean {
  return ['v', 't', 'r'].filter((key) => key in payload).length === 1
}

describe.skipIf(!present)('our schema against the published ones (skipped: no shared dcc-schema here)', () => {
  it.each(Object.entries(published))('judges as %s does', (file, version) => {
    const theirs = validator(read(join(folder, file)))
    const ours = validator(dccSchema(version))
    const all = payloads()
    expect(all.length).toBeGreaterThan(1500)
    expect(all.filter((payload) => ours(payload) !== (theirs(payload) && oneGroup(payload)))).toEqual([])
  })

  it.each(globSync('schema-tests/valid/*.json', { cwd: folder }))('reads %s', (file) => {
    expect(checkSchema(read(join(folder, file))).state).toBe('fits')
  })

  it.each(globSync('schema-tests/invalid/*.json', { cwd: folder }))('refuses %s', (file) => {
    expect(checkSchema(read(join(folder, file))).state).toBe('faulty')
  })
})

describe('the version in `ver`', () => {
  it('chooses the newest schema before it, and none of another family', () => {
    expect(checkSchema(payload('2.0.0')).state).toBe('unknown-version')
    expect(checkSchema(payload(1.3)).state).toBe('unknown-version')
    expect(checkSchema(payload('1.9.9')).state).toBe('faulty')
  })
})

function payload(ver: unknown): unknown {
  return { ver, nam: { gnt: 'ONLY' }, dob: '', t: [] }
}
