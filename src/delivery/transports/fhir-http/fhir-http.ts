import { toSciensanoBundle } from '../../../formats/fhir/sciensano.ts'
import { letter, namesOf } from '../posting.ts'
import type { TransportKind } from '../transport.ts'

/** Results as FHIR bundles, acknowledged in the answer: Sciensano. */
export const fhirHttp: TransportKind = {
  write: (item) => letter('/fhir/results', 'application/fhir+json', toSciensanoBundle(item.record, namesOf(item))),
  weigh: (outcome) => outcome,
}
