import { toVaccinnetBundle } from '../../../formats/fhir/vaccinnet.ts'
import { letter, namesOf, posting } from '../posting.ts'
import type { Transport } from '../transport.ts'
import type { Wire } from '../wire.ts'

/** Vaccinations as FHIR bundles, answered with a ticket; the result is asked for or called back: Vaccinnet. */
export function asyncResult(wire: Wire): Transport {
  return posting(wire, (item) =>
    letter('/vaccinations', 'application/fhir+json', toVaccinnetBundle(item.record, namesOf(item))),
  )
}
