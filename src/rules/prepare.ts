import { interpret } from '../formats/lab/interpret.ts'
import type { InterpretedObservation, ObservationContent } from '../formats/lab/observation.ts'
import type { LabTables } from '../formats/lab/tables.ts'
import { limitsOf } from './limits.ts'
import type { RuleSubject } from './subject.ts'

/**
 * A result as rules see it: with what the tables make of its code and unit, and what they know of its analyte. A record that
 * is no result stays as it is.
 *
 * @example prepared({ object: content, context: { now, source: 'lab-a' } }, shippedTables()).context.limits?.high // 195
 */
export function prepared({ object, context }: RuleSubject, tables: LabTables): RuleSubject {
  if (!('kind' in object) || object.kind !== 'observation') return { object, context }
  const content = object as ObservationContent
  const result: InterpretedObservation = { ...content, mapped: interpret(content, tables) }
  return { object: result, context: { limits: limitsOf(result, tables), ...context } }
}
