import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { dataFolder } from '../../kernel/package-root.ts'
import { interpret, limitsFor } from './interpret.ts'
import type { Coding, ObservationContent, ObservationValue } from './observation.ts'
import { loadTables, shippedTables } from './tables.ts'

const folder = join(dataFolder, 'tables/lab-tables/1.0.0')
const casesFile = z.strictObject({
  cases: z.array(
    z.strictObject({
      name: z.string(),
      code: z.string(),
      value: z.string(),
      unit: z.string().nullable(),
      analyte: z.string().nullable(),
      canonical: z.number().nullable(),
      gaps: z.array(z.string()),
    }),
  ),
})
const { cases } = casesFile.parse(parse(readFileSync(join(folder, 'cases.yaml'), 'utf8')))
const tables = shippedTables()

function result(code: Coding, value: ObservationValue, alternates: readonly Coding[] = []): ObservationContent {
  return {
    kind: 'observation',
    source: 'lab-a',
    origin: { format: 'hl7v2', path: 'OBX[1]', from: 0, length: 1 },
    order: { placer: null, filler: 'A1', panel: null },
    resultKey: '',
    code: { original: code, alternates },
    subId: null,
    value,
    status: 'final',
    collectedAt: null,
    resultAt: null,
    sentAt: null,
    referenceRange: null,
    interpretation: [],
    notes: [],
    patient: {
      identifiers: [],
      familyName: '',
      givenName: '',
      birthDate: '',
      sex: 'unknown',
      deceased: 'unknown',
      deceasedAt: null,
    },
    requester: null,
  }
}

function quantity(original: string, unit: string | null): ObservationValue {
  return {
    state: 'quantity',
    value: Number(original),
    comparator: null,
    unit: unit === null ? null : { text: unit, system: '' },
    decimals: original.split('.')[1]?.length ?? 0,
    original,
    repairs: [],
  }
}

const coding = (text: string): Coding => {
  const at = text.lastIndexOf('|')
  return { system: text.slice(0, at), code: text.slice(at + 1), text: '' }
}

describe('the shipped tables', () => {
  it.each(cases)('$name', ({ code, value, unit, analyte, canonical, gaps }) => {
    const found = interpret(result(coding(code), quantity(value, unit)), tables)
    expect({ analyte: found.analyte, canonical: found.canonical?.value ?? null, gaps: found.gaps }).toEqual({
      analyte,
      canonical,
      gaps,
    })
    if (found.canonical !== null) expect(found.canonical.unit).toBe(tables.analytes.get(analyte!)?.unit)
    expect(found.tables).toBe('lab-tables@1.0.0')
  })

  it('hold at least sixty analytes', () => {
    expect(tables.analytes.size).toBeGreaterThanOrEqual(60)
  })

  it('take the LOINC of an alternate coding, and say nothing when two codes disagree', () => {
    const local = coding('L|HB')
    const one = interpret(result(local, quantity('7.0', '%'), [coding('loinc|4548-4')]), tables)
    expect(one).toMatchObject({ loinc: '4548-4', analyte: 'hba1c', canonical: { value: 53 } })
    const two = interpret(result(coding('loinc|718-7'), quantity('7.0', '%'), [coding('loinc|4548-4')]), tables)
    expect(two).toMatchObject({ analyte: null, canonical: null, gaps: ['codes-disagree'] })
  })

  it('make no number of a text', () => {
    const found = interpret(result(coding('loinc|4548-4'), { state: 'text', text: 'volgt', unit: null }), tables)
    expect(found).toMatchObject({ canonical: null, gaps: ['value-not-numeric'] })
  })

  it('know limits by age', () => {
    const hemoglobin = tables.analytes.get('hemoglobin')!
    expect(limitsFor(hemoglobin, 0.2)).toEqual({ low: 1, high: 32 })
    expect(limitsFor(hemoglobin, 40)).toEqual({ low: 1, high: 27 })
    expect(limitsFor(hemoglobin, null)).toEqual({ low: 1, high: 32 })
  })

  it('never throw and never make a number without a unit', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 })
    fc.assert(
      fc.property(text, text, text, fc.double({ noNaN: true }), (system, code, unit, value) => {
        const sent: ObservationValue = { ...(quantity('1', unit) as ObservationValue & { state: 'quantity' }), value }
        const found = interpret(result({ system, code, text: '' }, sent), tables)
        expect(found.canonical === null || found.analyte !== null).toBe(true)
      }),
    )
  })
})

describe('loading', () => {
  function withFile(name: string, change: (text: string) => string): string {
    const copy = mkdtempSync(join(tmpdir(), 'sluis-tables-'))
    cpSync(folder, copy, { recursive: true })
    writeFileSync(join(copy, name), change(readFileSync(join(folder, name), 'utf8')))
    try {
      return loadTables(copy).hash
    } catch (error) {
      return (error as Error).message
    } finally {
      rmSync(copy, { recursive: true })
    }
  }

  it('names every fault at once', () => {
    const told = withFile('analytes.yaml', (text) =>
      text.replace('59261-8:', '59261-9:').replace('unit: umol/L', 'unit: umolL'),
    )
    expect(told).toContain('hba1c.loinc.59261-9 Invalid key')
    expect(told).toContain('creatinine.unit is no UCUM unit known here')
  })

  it('refuses one code for two analytes, and broken YAML with its line', () => {
    expect(withFile('analytes.yaml', (text) => text.replace("['372',", "['2816',"))).toContain('nhg45 2816 stands for')
    expect(withFile('units.yaml', (text) => `${text}\n  - [`)).toMatch(/units\.yaml: .*line/s)
  })

  it('gives other tables another hash', () => {
    expect(withFile('units.yaml', (text) => text)).toBe(tables.hash)
    expect(withFile('units.yaml', (text) => text.replace('PERCENT:', 'PERCENTAGE:'))).not.toBe(tables.hash)
  })
})
