import { globSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode } from 'cborg'
import jsqr from 'jsqr'
import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { CborWriter } from '../../src/certificates/cbor-writer.ts'
import { readCbor, toJson } from '../../src/certificates/cbor.ts'
import { checkSchema } from '../../src/certificates/schema.ts'
import { readTrustedKey } from '../../src/certificates/trust.ts'
import type { StepName, Verification } from '../../src/certificates/verification.ts'
import { verifyCertificate } from '../../src/certificates/verify.ts'

const folder = join(process.env['SLUIS_SHARED'] ?? '../shared', 'dcc-vectors')
const present = existsSync(folder)

interface Vector {
  readonly JSON?: unknown
  readonly CBOR?: string
  readonly PREFIX: string
  readonly '2DCODE'?: string
  readonly TESTCTX: { readonly CERTIFICATE: string; readonly VALIDATIONCLOCK: string }
  readonly EXPECTEDRESULTS: Readonly<Record<string, unknown>>
}

const stepOfKey: Readonly<Record<string, StepName>> = {
  EXPECTEDUNPREFIX: 'prefix',
  EXPECTEDB45DECODE: 'base45',
  EXPECTEDCOMPRESSION: 'zlib',
  EXPECTEDVERIFY: 'signature',
  EXPECTEDKEYUSAGE: 'keyUsage',
  EXPECTEDSCHEMAVALIDATION: 'schema',
  EXPECTEDEXPIRATIONCHECK: 'expiry',
}

/** What our code says for one expectation of a vector: null when the vector lacks what is needed. */
function outcome(key: string, vector: Vector, found: Verification): boolean | null {
  const step = stepOfKey[key]
  if (step !== undefined) return found.steps[step]
  if (key === 'EXPECTEDDECODE' || key === 'EXPECTEDVALIDJSON')
    return found.steps.cose === true && (vector.JSON === undefined || same(found.payload, vector.JSON))
  if (key === 'EXPECTEDVALIDOBJECT') return checkSchema(vector.JSON).state === 'fits'
  if (key === 'EXPECTEDENCODE') return encodes(vector)
  if (key === 'EXPECTEDPICTUREDECODE') return pictureReads(vector)
  return null
}

/** Our writer's bytes for the JSON read as the same content as the vector's own bytes; the order of keys is free. */
function encodes({ JSON: payload, CBOR: hex }: Vector): boolean | null {
  if (payload === undefined || hex === undefined) return null
  const theirs = readCbor(Buffer.from(hex, 'hex'))
  if (theirs.state === 'unreadable' || !(theirs.value instanceof Map)) return false
  const hcert: unknown = theirs.value.get(-260)
  const writer = new CborWriter()
  writer.value(payload)
  return same(toJson(hcert instanceof Map ? hcert.get(1) : theirs.value), decode(writer.written()))
}

function pictureReads({ '2DCODE': picture, PREFIX: text }: Vector): boolean | null {
  if (picture === undefined) return null
  try {
    const { data, width, height } = PNG.sync.read(Buffer.from(picture, 'base64'))
    const read = jsqr.default(new Uint8ClampedArray(data), width, height)
    return read?.data === text
  } catch {
    return false
  }
}

/** Equal content: moments may be written in another zone or precision, keys in another order. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    const times = [a, b].map((text) => (/^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN))
    return a.normalize('NFC') === b.normalize('NFC') || (times[0] !== undefined && times[0] === times[1])
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => same(left[key], right[key]))
}

interface Exceptions {
  readonly exceptions: readonly { readonly reason: string; readonly key: string; readonly files: readonly string[] }[]
  readonly lacking: readonly { readonly key: string; readonly count: number }[]
}

const { exceptions, lacking } = parse(
  readFileSync(join(import.meta.dirname, 'vector-exceptions.yaml'), 'utf8'),
) as Exceptions
const excepted = new Set(exceptions.flatMap(({ key, files }) => files.map((file) => `${file} ${key}`)))

/** Keys without a meaning in the published tests: one misspelt, one nested. */
const meaningless = new Set(['EXPTECTEDEXPIRED', 'EXPECTEDRESULTS'])

describe.skipIf(!present)('public test vectors of the member states (skipped: no shared dcc-vectors here)', () => {
  const agreed: string[] = []
  const differing: string[] = []
  const missing = new Map<string, number>()
  for (const file of present ? globSync('**/*.json', { cwd: folder }).toSorted() : []) {
    const vector = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Vector
    const trusted = readTrustedKey(vector.TESTCTX.CERTIFICATE)
    const clock = vector.TESTCTX.VALIDATIONCLOCK
    const at = new Date(/(Z|[+-]\d\d:\d\d)$/.test(clock) ? clock : `${clock}Z`)
    const found = verifyCertificate(vector.PREFIX, trusted === null ? [] : [trusted], at)
    for (const [key, expected] of Object.entries(vector.EXPECTEDRESULTS)) {
      if (meaningless.has(key)) continue
      const ours = outcome(key, vector, found)
      if (ours === null && stepOfKey[key] === undefined) missing.set(key, (missing.get(key) ?? 0) + 1)
      else (ours === expected ? agreed : differing).push(`${file.replaceAll('\\', '/')} ${key}`)
    }
  }

  it('agrees with every expectation but the exceptions listed by name', () => {
    expect(differing.filter((name) => !excepted.has(name))).toEqual([])
  })

  it('has no exception that would pass', () => {
    expect(agreed.filter((name) => excepted.has(name))).toEqual([])
    const all = new Set([...agreed, ...differing])
    expect([...excepted].filter((name) => !all.has(name))).toEqual([])
  })

  it('leaves out only what the files themselves lack', () => {
    expect(Object.fromEntries(missing)).toEqual(Object.fromEntries(lacking.map(({ key, count }) => [key, count])))
  })

  it('has read a good many', () => {
    expect(agreed.length).toBeGreaterThan(2200)
  })
})
