import { shippedForms, type FormCatalogue } from '../eform/catalogue.ts'
import { meaningOf } from '../eform/code-list.ts'
import { factOf, type OwedNames } from '../owed.ts'
import type { CanonicalRecord, VaccinationContent } from '../record.ts'
import { identifiersOf, organisationOf, patientOf, recorderOf, urnOf, type Bundle } from './resources.ts'
import { extensions, profiles, systems } from './systems.ts'

/** The vaccine in the Belgian list of vaccine codes: against COVID-19, whatever the maker. */
const covidVaccine = { system: systems.snomed, code: '28531000087107' }

/**
 * A vaccination as Vaccinnet gets it: a Bundle with Patient and Immunization by the Belgian profile be-vaccination 1.1.
 * That profile forbids `lotNumber`, `expirationDate`, `protocolApplied` and `location`, so lot and expiry stand in the
 * extension administeredProduct and dose and round in a note; the recorder is an extension that must be there.
 * Throws `record-without-fact` for a record that holds no vaccination.
 *
 * @example toVaccinnetBundle(record, names).entry[1]?.resource.resourceType // 'Immunization'
 */
export function toVaccinnetBundle(
  record: CanonicalRecord,
  names: OwedNames,
  catalogue: FormCatalogue = shippedForms(),
): Bundle {
  const { subject, content, recordId } = factOf(record, names, 'vaccination')
  const patient = urnOf(recordId, 'patient')
  const withdrawn = record.action.state === 'withdraw' ? [{ text: record.action.motive }] : []
  return {
    resourceType: 'Bundle',
    type: 'collection',
    identifier: { system: systems.delivery, value: names.deliveryId },
    timestamp: names.receivedAt,
    entry: [
      { fullUrl: patient, resource: patientOf(subject) },
      {
        fullUrl: urnOf(recordId, 'immunization'),
        resource: {
          resourceType: 'Immunization',
          meta: { profile: [profiles.vaccination] },
          extension: [
            { url: extensions.recorder, valueReference: recorderOf(record.author) },
            administeredProduct(content, catalogue),
          ],
          identifier: identifiersOf(recordId, record, names),
          status: record.action.state === 'withdraw' ? 'entered-in-error' : 'completed',
          vaccineCode: { coding: [covidVaccine] },
          patient: { reference: patient },
          occurrenceDateTime: content.vaccinatedOn,
          recorded: names.receivedAt,
          performer: [{ actor: organisationOf(record.author) }],
          note: [{ text: `${content.round}, dose ${content.dose}/${content.doses}` }, ...withdrawn],
        },
      },
    ],
  }
}

function administeredProduct(content: VaccinationContent, catalogue: FormCatalogue): object {
  const known = meaningOf(catalogue.lists.get('vaccines')?.look(content.product, content.vaccinatedOn))
  const cnk = content.cnk ?? known?.cnk?.[0]
  const coding = [
    ...(cnk === undefined ? [] : [{ system: systems.cnk, code: cnk }]),
    ...(known?.atc === undefined ? [] : [{ system: systems.atc, code: known.atc }]),
    { system: systems.communityRegister, code: content.product },
  ]
  return {
    url: extensions.administeredProduct,
    extension: [
      { url: 'coded', valueCodeableConcept: { coding } },
      { url: 'lotNumber', valueString: content.lot },
      ...(content.expiresOn === null ? [] : [{ url: 'expirationDate', valueDate: content.expiresOn }]),
    ],
  }
}
