import { interpret } from '../formats/lab/interpret.ts'
import type { InterpretedObservation, ObservationContent } from '../formats/lab/observation.ts'
import type { LabTables } from '../formats/lab/tables.ts'
import { codesOf } from './value.ts'

/** What tables make of a result, with what the index of results keeps of that. */
export interface Meaning {
  readonly observation: InterpretedObservation
  readonly loinc: string | null
  readonly analyte: string | null
  /** Every code it can be asked by; one with a space in it is none. */
  readonly terms: readonly string[]
}

/**
 * Interprets a result by tables, for the index of results.
 *
 * @example meaningOf(content, shippedTables()).terms // ['loinc:59261-8']
 */
export function meaningOf(content: ObservationContent, tables: LabTables): Meaning {
  const observation: InterpretedObservation = { ...content, mapped: interpret(content, tables) }
  const { loinc, analyte } = observation.mapped
  const terms = codesOf(observation, tables.systemFor).filter((term) => !/\s/.test(term))
  return { observation, loinc, analyte, terms }
}
