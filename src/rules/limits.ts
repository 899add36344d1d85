import { limitsFor, unitFits } from '../formats/lab/interpret.ts'
import type { InterpretedObservation } from '../formats/lab/observation.ts'
import type { Analyte, LabTables, LoincMeaning } from '../formats/lab/tables.ts'

/** What the tables know of the analyte of a result, as rules see it under `%limits`. */
export interface AnalyteLimits {
  readonly analyte: string
  /** The analyte's own unit in UCUM; null for what is no quantity. */
  readonly unit: string | null
  /** Hard limits in the own unit at the patient's age: what can be measured in a living person. */
  readonly low: number | null
  readonly high: number | null
  /** The units a result of this code may have; with one, a missing unit leaves no doubt. */
  readonly units: readonly string[]
  readonly unitless: boolean
  /** Whether the unit of this result can belong to its code; null when one of them is not known. */
  readonly unitFits: boolean | null
}

/**
 * The limits of a result under the tables that interpreted it; null when they do not know what it is.
 *
 * @example limitsOf(observation, shippedTables())?.high // 195, for HbA1c
 */
export function limitsOf(result: InterpretedObservation, tables: LabTables): AnalyteLimits | null {
  const { loinc, analyte: name, ucum } = result.mapped
  const analyte = name === null ? undefined : tables.analytes.get(name)
  if (analyte === undefined) return null
  const units = unitsOf(analyte, (loinc === null ? undefined : tables.byLoinc.get(loinc)) ?? null)
  const hard = limitsFor(analyte, ageOf(result))
  return {
    analyte: analyte.name,
    unit: analyte.unit,
    low: hard?.low ?? null,
    high: hard?.high ?? null,
    units: units.may,
    unitless: analyte.unitless,
    unitFits: ucum === null ? null : units.fits(ucum),
  }
}

interface Units {
  readonly may: readonly string[]
  readonly fits: (ucum: string) => boolean | null
}

/** Spellings kept of one code; senders that invent more are worked out again. */
const keptUnits = 200
const known = new WeakMap<Analyte | LoincMeaning, Units>()

/** Worked out once for a code: reading a unit takes longer than most rules. */
function unitsOf(analyte: Analyte, meaning: LoincMeaning | null): Units {
  const there = known.get(meaning ?? analyte)
  if (there !== undefined) return there
  const usual = [...(analyte.unit === null ? [] : [analyte.unit]), ...Object.keys(analyte.conversions)]
  const told = new Map<string, boolean>()
  const fits = (ucum: string): boolean | null => {
    if (meaning === null) return null
    const answer = told.get(ucum) ?? unitFits(ucum, meaning)
    if (told.size < keptUnits) told.set(ucum, answer)
    return answer
  }
  const may = meaning === null ? usual : (meaning.units ?? usual.filter((unit) => unitFits(unit, meaning)))
  const made = { may, fits }
  known.set(meaning ?? analyte, made)
  return made
}

/** Age in years, with a fraction, when the sample was taken; null when a day of one of the two is not known. */
function ageOf({ patient, collectedAt, resultAt }: InterpretedObservation): number | null {
  const at = (collectedAt ?? resultAt)?.at.slice(0, 10) ?? ''
  const days = (Date.parse(at) - Date.parse(patient.birthDate)) / 86_400_000
  return at.length === 10 && patient.birthDate.length === 10 && days >= 0 ? days / 365.25 : null
}
