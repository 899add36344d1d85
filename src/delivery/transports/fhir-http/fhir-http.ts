import { toSciensanoBundle } from '../../../formats/fhir/sciensano.ts'
import { letter, namesOf, posting } from '../posting.ts'
import type { Transport } from '../transport.ts'
import type { Wire } from '../wire.ts'

/** Results as FHIR bundles, acknowledged in the answer: Sciensano. */
export function fhirHttp(wire: Wire): Transport {
  return posting(wire, (item) =>
    letter('/fhir/results', 'application/fhir+json', toSciensanoBundle(item.record, namesOf(item))),
  )
}
