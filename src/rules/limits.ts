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
  const known = knownOf(analyte, (loinc === null ? undefined : tables.byLoinc.get(loinc)) ?? null)
  const ageless = known.agelessFor(ucum)
  if (!known.dependsOnAge) return ageless
  const hard = limitsFor(analyte, ageOf(result))
  return { ...ageless, low: hard?.low ?? null, high: hard?.high ?? null }
}

interface Known {
  readonly dependsOnAge: boolean
  /** With the limits of an age that is not known: those of every age where they do not depend on it. */
  readonly agelessFor: (ucum: string | null) => AnalyteLimits
}

/** Spellings kept of one code; senders that invent more are worked out again. */
const keptUnits = 200
const known = new WeakMap<Analyte | LoincMeaning, Known>()

/** Worked out once for a code: reading a unit takes longer than most rules. */
function knownOf(analyte: Analyte, meaning: LoincMeaning | null): Known {
  const there = known.get(meaning ?? analyte)
  if (there !== undefined) return there
  const usual = [...(analyte.unit === null ? [] : [analyte.unit]), ...Object.keys(analyte.conversions)]
  const units = meaning === null ? usual : (meaning.units ?? usual.filter((unit) => unitFits(unit, meaning)))
  const hard = limitsFor(analyte, null)
  const limits = {
    analyte: analyte.name,
    unit: analyte.unit,
    low: hard?.low ?? null,
    high: hard?.high ?? null,
    units,
    unitless: analyte.unitless,
  }
  const told = new Map<string | null, AnalyteLimits>()
  const made = {
    dependsOnAge: analyte.limits.length > 1 || analyte.limits.some(({ from, to }) => (from ?? to) !== undefined),
    agelessFor: (ucum: string | null): AnalyteLimits => {
      const answer = told.get(ucum) ?? {
        ...limits,
        unitFits: ucum === null || meaning === null ? null : unitFits(ucum, meaning),
      }
      if (told.size < keptUnits) told.set(ucum, answer)
      return answer
    },
  }
  known.set(meaning ?? analyte, made)
  return made
}

/** Age in years, with a fraction, when the sample was taken; null when a day of one of the two is not known. */
function ageOf({ patient, collectedAt, resultAt }: InterpretedObservation): number | null {
  const at = (collectedAt ?? resultAt)?.at.slice(0, 10) ?? ''
  const days = (Date.parse(at) - Date.parse(patient.birthDate)) / 86_400_000
  return at.length === 10 && patient.birthDate.length === 10 && days >= 0 ? days / 365.25 : null
}
