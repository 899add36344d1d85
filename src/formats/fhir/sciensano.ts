import { patientWithoutCtpc } from '../ctpc.ts'
import { shippedForms, type FormCatalogue } from '../eform/catalogue.ts'
import { meaningOf } from '../eform/code-list.ts'
import { factDayOf } from '../eform/days.ts'
import { factOf, type OwedNames } from '../owed.ts'
import type { CanonicalRecord, RapidTestContent } from '../record.ts'
import { identifiersOf, organisationOf, patientOf, recorderOf, urnOf, type Bundle, type Resource } from './resources.ts'
import { systems } from './systems.ts'

/** SNOMED CT codes of the result (EU value set covid-19-lab-result, and "undetermined"). */
const resultCodes: Record<RapidTestContent['result'], { code: string; display: string }> = {
  negative: { code: '260415000', display: 'Not detected' },
  positive: { code: '260373001', display: 'Detected' },
  undetermined: { code: '419984006', display: 'Inconclusive' },
}

const statuses = { new: 'final', correct: 'corrected', withdraw: 'entered-in-error' } as const

/**
 * A rapid test as Sciensano gets it: a Bundle of type `message` (FHIR R4 section 2.4) with MessageHeader, Patient and
 * Observation (LOINC 94558-4). A withdrawal sends the earlier test again with status `entered-in-error`.
 * Throws `record-without-fact` for a record that holds no test.
 *
 * @example toSciensanoBundle(record, names).entry[0]?.resource.resourceType // 'MessageHeader'
 */
export function toSciensanoBundle(
  record: CanonicalRecord,
  names: OwedNames,
  catalogue: FormCatalogue = shippedForms(),
): Bundle {
  const { subject, content, recordId } = factOf(record, names, 'rapid-test')
  const patient = urnOf(recordId, 'patient')
  const observation = urnOf(recordId, 'observation')
  return {
    resourceType: 'Bundle',
    type: 'message',
    identifier: { system: systems.delivery, value: names.deliveryId },
    timestamp: names.receivedAt,
    entry: [
      { fullUrl: urnOf(names.deliveryId, 'header'), resource: headerOf(record, observation) },
      { fullUrl: patient, resource: patientOf(subject) },
      {
        fullUrl: observation,
        resource: {
          ...observationOf(content, patient, catalogue),
          identifier: identifiersOf(recordId, record, names),
          status: statuses[record.action.state],
          issued: names.receivedAt,
          performer: [recorderOf(record.author), organisationOf(record.author)],
          ...(record.action.state === 'withdraw' ? { note: [{ text: record.action.motive }] } : {}),
        },
      },
    ],
  }
}

function headerOf(record: CanonicalRecord, focus: string): Resource {
  return {
    resourceType: 'MessageHeader',
    eventCoding: { system: systems.event, code: `rapid-test-${record.action.state}` },
    sender: organisationOf(record.author),
    source: { name: 'Sluis', endpoint: 'https://sluis.example/' },
    focus: [{ reference: focus }],
  }
}

function observationOf(content: RapidTestContent, patient: string, catalogue: FormCatalogue): Resource {
  const { code, display } = resultCodes[content.result]
  const sampleKinds = catalogue.lists.get('sample-kinds')
  const specimenCode = meaningOf(sampleKinds?.look(content.sampleKind, factDayOf(content.sampledAt)))?.snomed
  return {
    resourceType: 'Observation',
    contained: [
      {
        resourceType: 'Specimen',
        id: 'specimen',
        type: {
          ...(specimenCode === undefined ? {} : { coding: [{ system: systems.snomed, code: specimenCode }] }),
          text: content.sampleKind,
        },
        collection: { collectedDateTime: content.sampledAt },
      },
    ],
    ...(content.ctpc === null || content.ctpc === patientWithoutCtpc
      ? {}
      : { basedOn: [{ type: 'ServiceRequest', identifier: { system: systems.ctpc, value: content.ctpc } }] }),
    category: [{ coding: [{ system: systems.observationCategory, code: 'laboratory' }] }],
    code: {
      coding: [
        {
          system: systems.loinc,
          code: '94558-4',
          display: 'SARS-CoV-2 (COVID-19) Ag [Presence] in Respiratory system specimen by Rapid immunoassay',
        },
      ],
    },
    subject: { reference: patient },
    effectiveDateTime: content.sampledAt,
    valueCodeableConcept: { coding: [{ system: systems.snomed, code, display }] },
    specimen: { reference: '#specimen' },
    device: { identifier: { system: systems.jrcDevices, value: content.device } },
    component: [
      {
        code: { text: 'target group' },
        valueCodeableConcept: { coding: [{ system: systems.targetGroup, code: content.targetGroup }] },
      },
    ],
  }
}
