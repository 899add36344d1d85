import { dayOf } from '../eform/days.ts'
import { inventPerson } from '../eform/people.ts'
import type { Random } from '../eform/random.ts'
import { systems } from '../fhir/systems.ts'
import { sampleOrder } from '../lab/sample.ts'
import type { Json } from './resources.ts'
import { writeLabBundle } from './write.ts'

export interface LabBundleOptions {
  /** From 0 up to but not including 1; the same numbers give the same Bundle. */
  readonly random: Random
  /** The moment of sending. */
  readonly at: Date
}

/**
 * Makes the report of an invented person as a Belgian laboratory would hand it over now through FHIR R4: one order, final
 * results with LOINC and UCUM.
 *
 * @example sampleLabBundle({ random: Math.random, at: new Date() })['type'] // 'document'
 */
export function sampleLabBundle({ random, at }: LabBundleOptions): Json {
  const order = sampleOrder(random, at, inventPerson(random, dayOf(at)))
  return writeLabBundle({
    ...order,
    id: `labo-dijle-${order.number}`,
    laboratory: { id: 'labo-dijle', name: 'Labo Dijle' },
    sentAt: at,
    status: 'final',
    results: order.results.map(({ code, text, ...result }) => ({
      ...result,
      codings: [{ system: systems.loinc, code, display: text }],
    })),
  })
}
