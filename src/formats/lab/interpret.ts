import { checkLoinc } from '../../identifiers/loinc.ts'
import { fitsProperty } from './dimensions.ts'
import type { Coding, Interpretation, ObservationContent, SentUnit } from './observation.ts'
import type { Analyte, LabTables, LoincMeaning } from './tables.ts'
import { readUcum, scaleBetween } from './ucum.ts'

/** Why an interpretation says less than it might. */
export type Gap =
  /** No table has the code; it is kept as sent. */
  | 'code-not-mapped'
  /** Two codes of the result stand for different analytes. */
  | 'codes-disagree'
  /** Declared as LOINC and not of its shape, or its check digit does not hold. */
  | 'loinc-wrong'
  | 'unit-missing'
  /** No UCUM unit, and no table has the spelling. */
  | 'unit-unknown'
  /** A unit, but none this code or analyte can have: `48 %` under the code for mmol/mol. */
  | 'unit-does-not-fit'
  | 'value-not-numeric'

export interface ExplainedInterpretation extends Interpretation {
  readonly gaps: readonly Gap[]
}

/**
 * What the tables make of a result: LOINC, analyte, UCUM unit, and the number in the analyte's own unit. A conversion goes by
 * the analyte, never by the units alone, and keeps no more digits than were sent: HbA1c 7.0 % is 53 mmol/mol. Where code,
 * unit and value do not agree there is no number, and `gaps` says why. Never throws.
 *
 * @example interpret(observation, shippedTables()).canonical // { value: 53, unit: 'mmol/mol' }
 */
export function interpret(observation: ObservationContent, tables: LabTables): ExplainedInterpretation {
  const gaps: Gap[] = []
  const meaning = meaningOf(observation, tables, gaps)
  const { value } = observation
  const unit = value.state === 'quantity' || value.state === 'text' ? value.unit : null
  const ucum = unit === null ? null : ucumOf(unit, observation.source, tables)
  if (unit !== null && ucum === null) gaps.push('unit-unknown')
  const { loinc, analyte } = meaning
  let canonical: Interpretation['canonical'] = null
  if (analyte !== null && analyte.unit !== null) {
    if (value.state !== 'quantity') gaps.push('value-not-numeric')
    else if (unit === null && !analyte.unitless) gaps.push('unit-missing')
    else if (unit === null || ucum !== null) {
      canonical = canonicalOf(value.value, value.decimals, ucum, analyte, meaning.byCode)
      if (canonical === null) gaps.push('unit-does-not-fit')
    }
  }
  return { loinc, analyte: analyte?.name ?? null, ucum, canonical, tables: tables.id, gaps }
}

interface Meaning {
  readonly loinc: string | null
  readonly analyte: Analyte | null
  readonly byCode: LoincMeaning | null
}

/** The first code a table knows, in the order sent; a valid LOINC that no table has is still told. */
function meaningOf(observation: ObservationContent, tables: LabTables, gaps: Gap[]): Meaning {
  const found: Meaning[] = []
  for (const coding of [observation.code.original, ...observation.code.alternates]) {
    const one = meaningOfCoding(coding, observation.source, tables, gaps)
    if (one !== null) found.push(one)
  }
  const known = found.filter((one) => one.analyte !== null)
  const loinc = found.find((one) => one.loinc !== null)?.loinc ?? null
  const [first] = known
  if (first === undefined) {
    gaps.push('code-not-mapped')
    return { loinc, analyte: null, byCode: null }
  }
  if (known.some((one) => one.analyte !== first.analyte)) {
    gaps.push('codes-disagree')
    return { loinc, analyte: null, byCode: null }
  }
  // With several codes of one analyte, the LOINC says which units are left.
  return { ...(known.find((one) => one.byCode !== null) ?? first), loinc }
}

function meaningOfCoding(coding: Coding, source: string, tables: LabTables, gaps: Gap[]): Meaning | null {
  if (coding.code === '') return null
  const system = tables.systemFor(coding.system)
  if (system === 'nhg45') {
    const analyte = tables.byNhg.get(coding.code.replace(/^0+/, '')) ?? null
    return analyte === null ? null : { loinc: null, analyte, byCode: null }
  }
  if (system === 'loinc' && checkLoinc(coding.code).state !== 'valid') {
    if (!gaps.includes('loinc-wrong')) gaps.push('loinc-wrong')
    return null
  }
  const loinc = system === 'loinc' ? coding.code : tables.loincFor(source, coding.code)
  if (loinc === undefined) return null
  const byCode = tables.byLoinc.get(loinc) ?? null
  return { loinc, analyte: byCode?.analyte ?? null, byCode }
}

/**
 * UCUM of a unit as sent: the tables go before UCUM itself, so that one source may mean something else by a spelling; null
 * when neither knows it.
 *
 * @example ucumOf({ text: 'MG/DL', system: '' }, 'lab-a', shippedTables()) // 'mg/dL'
 */
export function ucumOf(unit: SentUnit, source: string, tables: LabTables): string | null {
  const text = unit.text.trim()
  const known = tables.unitFor(source, text)
  if (known !== undefined) return known
  return readUcum(text).state === 'valid' ? text : null
}

function canonicalOf(
  value: number,
  decimals: number,
  ucum: string | null,
  analyte: Analyte,
  byCode: LoincMeaning | null,
): Interpretation['canonical'] {
  const own = analyte.unit!
  if (ucum === null) return { value, unit: own }
  if (byCode !== null && !unitFits(ucum, byCode)) return null
  const formula = formulaFor(ucum, analyte)
  if (formula === null) return null
  if (formula.factor === 1 && formula.offset === 0) return { value, unit: own }
  return { value: rounded(value * formula.factor + formula.offset, decimals, formula.factor), unit: own }
}

/**
 * Whether a UCUM unit can belong to a LOINC code: one of the units its code leaves, or a unit that measures its property.
 *
 * @example unitFits('mmol/L', tables.byLoinc.get('718-7')!) // false
 */
export function unitFits(ucum: string, { units, property, analyte }: LoincMeaning): boolean {
  if (units !== null) return units.some((one) => scaleBetween(ucum, one) !== null)
  if (property === null || fitsProperty(ucum, property)) return true
  // An international unit is arbitrary by UCUM; the table says for which enzyme or hormone it is the same.
  return analyte.conversions[ucum]?.factor === 1
}

/** own = sent * factor + offset. */
interface Formula {
  readonly factor: number
  readonly offset: number
}

/** By the analyte's own line for a unit, scaled when the unit sent is only a larger or smaller one of the same kind. */
function formulaFor(ucum: string, analyte: Analyte): Formula | null {
  const line = analyte.conversions[ucum]
  if (line !== undefined) return line
  const toOwn = scaleBetween(ucum, analyte.unit!)
  if (toOwn !== null) return { factor: toOwn, offset: 0 }
  for (const [unit, { factor, offset }] of Object.entries(analyte.conversions)) {
    const scale = scaleBetween(ucum, unit)
    if (scale !== null) return { factor: factor * scale, offset }
  }
  const { unit, arbitrary } = numberOf(ucum)
  return analyte.unitless && unit && arbitrary === '' ? { factor: 1, offset: 0 } : null
}

/** `{ratio}`, `{INR}` and `1` are plain numbers; `%` is not one of them. */
function numberOf(ucum: string): { unit: boolean; arbitrary: string } {
  const reading = readUcum(ucum)
  if (reading.state === 'wrong') return { unit: false, arbitrary: '' }
  const { dimension, factor, arbitrary } = reading.unit
  return { unit: factor === 1 && dimension.every((power) => power === 0), arbitrary }
}

/** One unit in the last place sent is worth `factor`; smaller digits of the answer would be invented. */
function rounded(value: number, decimals: number, factor: number): number {
  const step = 10 ** -decimals * factor
  const digits = Math.min(12, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)))
  return Number(value.toFixed(digits))
}

/**
 * The hard limits of an analyte in its own unit at an age in years; null when the tables have none. With an unknown age only
 * a line for every age counts, else the widest span of all lines.
 */
export function limitsFor(analyte: Analyte, age: number | null): { low: number; high: number } | null {
  const { limits } = analyte
  if (limits.length === 0) return null
  const fitting =
    age === null
      ? limits
      : limits.filter((one) => age >= (one.from ?? 0) && age < (one.to ?? Number.POSITIVE_INFINITY)).slice(0, 1)
  if (fitting.length === 0) return null
  return { low: Math.min(...fitting.map((one) => one.low)), high: Math.max(...fitting.map((one) => one.high)) }
}
