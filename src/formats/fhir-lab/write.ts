import { namedUuid } from '../../kernel/ids.ts'
import { brusselsTime } from '../eform/sample.ts'
import { systems } from '../fhir/systems.ts'
import type { SampleOrder } from '../lab/sample.ts'
import type { Json } from './resources.ts'

/** An order with who reports it and how it stands. */
export interface LabReport extends Omit<SampleOrder, 'results'> {
  /** `Bundle.identifier`: new for every bundle, also for a correction. */
  readonly id: string
  readonly laboratory: { readonly id: string; readonly name: string }
  readonly sentAt: Date
  /** As of Observation.status. */
  readonly status: 'final' | 'corrected' | 'entered-in-error'
  readonly results: readonly {
    /** The first is what the laboratory itself says, others stand for the same. */
    readonly codings: readonly { readonly system: string; readonly code: string; readonly display: string }[]
    readonly unit: string
    readonly range: string
    readonly value: string
  }[]
}

const be = 'https://www.ehealth.fgov.be/standards/fhir'
const profile = (guide: 'core' | 'lab', name: string): Json => ({
  meta: { profile: [`${be}/${guide}/StructureDefinition/${name}`] },
})

/**
 * Writes a laboratory report as a Belgian laboratory hands it over: a document Bundle with Composition, report, patient,
 * request, specimen and one Observation a result. The same report gives the same bytes.
 *
 * Source: be-laboratory-report of the eHealth platform (hl7-be/lab), FHIR R4.
 */
export function writeLabBundle(report: LabReport): Json {
  const { id, number, person, laboratory, takenAt, releasedAt, sentAt, status, results } = report
  const urn = (name: string): string => `urn:uuid:${namedUuid(id, name)}`
  const to = (name: string): Json => ({ reference: urn(name) })
  const [taken, released, sent] = [brusselsTime(takenAt), brusselsTime(releasedAt), brusselsTime(sentAt)]
  const code = { coding: [{ system: systems.loinc, code: '11502-2', display: 'Laboratory report' }] }
  const own = { system: `https://sluis.example/laboratories/${laboratory.id}`, value: number }
  const resources: readonly (readonly [name: string, resource: Json])[] = [
    [
      'composition',
      {
        resourceType: 'Composition',
        ...profile('lab', 'be-laboratory-report-composition'),
        status: status === 'final' ? 'final' : 'amended',
        type: code,
        subject: to('patient'),
        date: sent,
        author: [to('laboratory')],
        title: 'Laboratory report',
        section: [{ entry: [to('report')] }],
      },
    ],
    [
      'report',
      {
        resourceType: 'DiagnosticReport',
        ...profile('lab', 'be-laboratory-report'),
        identifier: [{ ...typed('FILL'), ...own }],
        basedOn: [to('request')],
        status,
        code,
        subject: to('patient'),
        effectiveDateTime: taken,
        issued: released,
        performer: [to('laboratory')],
        specimen: [to('specimen')],
        result: results.map((_, place) => to(`result-${place}`)),
      },
    ],
    [
      'request',
      {
        resourceType: 'ServiceRequest',
        identifier: [{ ...typed('PLAC'), value: `${number}A` }],
        status: 'completed',
        intent: 'order',
        subject: to('patient'),
      },
    ],
    ['patient', patientOf(person)],
    ['laboratory', organisationOf(laboratory)],
    [
      'specimen',
      {
        resourceType: 'Specimen',
        ...profile('lab', 'be-specimen-laboratory'),
        type: { coding: [{ system: systems.snomed, code: '119364003', display: 'Serum specimen' }] },
        subject: to('patient'),
        collection: { collectedDateTime: taken },
      },
    ],
    ...results.map((result, place): readonly [string, Json] => [
      `result-${place}`,
      {
        resourceType: 'Observation',
        ...profile('lab', 'be-observation-laboratory'),
        status,
        code: { coding: result.codings, text: result.codings[0]?.display ?? '' },
        subject: to('patient'),
        effectiveDateTime: taken,
        issued: released,
        performer: [to('laboratory')],
        specimen: to('specimen'),
        valueQuantity: {
          value: Number(result.value),
          unit: result.unit,
          system: 'http://unitsofmeasure.org',
          code: result.unit,
        },
        referenceRange: [{ text: result.range }],
      },
    ]),
  ]
  return {
    resourceType: 'Bundle',
    identifier: { system: `https://sluis.example/laboratories/${laboratory.id}/bundles`, value: id },
    type: 'document',
    timestamp: sent,
    entry: resources.map(([name, resource]) => ({ fullUrl: urn(name), resource })),
  }
}

/** HL7 table 0203: PLAC the number of who asked, FILL that of the laboratory. */
const typed = (code: 'PLAC' | 'FILL'): Json => ({
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code }] },
})

const patientOf = ({ insz, familyName, givenName, birthDate, sex }: LabReport['person']): Json => ({
  resourceType: 'Patient',
  ...profile('core', 'be-patient'),
  identifier: [{ system: systems.ssin, value: insz }],
  name: [{ family: familyName, given: [givenName] }],
  gender: sex,
  birthDate,
})

const organisationOf = ({ id, name }: LabReport['laboratory']): Json => ({
  resourceType: 'Organization',
  identifier: [{ system: 'https://sluis.example/laboratories', value: id }],
  name,
})
