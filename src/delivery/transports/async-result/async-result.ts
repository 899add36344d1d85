import { toVaccinnetBundle } from '../../../formats/fhir/vaccinnet.ts'
import { letter, namesOf } from '../posting.ts'
import type { TransportKind } from '../transport.ts'

/** Vaccinations as FHIR bundles, answered with a ticket; the result is asked for or called back: Vaccinnet. */
export const asyncResult: TransportKind = {
  write: (item) => letter('/vaccinations', 'application/fhir+json', toVaccinnetBundle(item.record, namesOf(item))),
  weigh: (outcome) => outcome,
}
