import { hasError, type Fault } from '../../kernel/fault.ts'
import type { LabPatient, Moment, ObservationContent, ObservationStatus } from '../lab/observation.ts'
import { resultKeyOf, type ResultIdentity } from '../lab/result-key.ts'
import type { CanonicalRecord } from '../record.ts'
import { askedFor, isHeading, laboratoryOf, notesOf, type Authors, type Place } from './context.ts'
import { isEarlier, valuesOf } from './invariants.ts'
import type { Places } from './locate.ts'
import { readFhirMoment } from './moment.ts'
import { personOf, subjectOf } from './patient.ts'
import { follow, isJson, objectsOf, textOf, type Json, type Node } from './resources.ts'
import { ownerOf, type Patients } from './subject.ts'
import { codingsOf, readDocument, readRange, readValue } from './value.ts'

/** What the mapping of one message shares. */
export interface Mapping {
  readonly places: Places
  readonly around: ReadonlyMap<Node, Place>
  readonly patients: Patients
  readonly authors: Authors
  /** Faults of shape and of rules, by the resource they were found in. */
  readonly faults: ReadonlyMap<Node, readonly Fault[]>
}

export type ReadResult = Omit<CanonicalRecord, 'ordinal'>

/** The results of one Observation: its own value, or nothing for a heading, and one for each component. */
export interface ReadObservation {
  readonly results: readonly ReadResult[]
  /** A panel's heading or a carrier of components has no value of its own: kept with the message, no record. */
  readonly kept: number
}

const alone: Place = { report: null, panels: [] }

/** Maps an Observation and its components to records. A result with an error is refused and carries no content. */
export function readObservation(node: Node, mapping: Mapping): ReadObservation {
  const { resource } = node
  const components = objectsOf(resource['component'])
  const heading = isHeading(node)
  const shared = sharedBy(node, mapping)
  const own = heading ? [] : [resultOf(node, resource, node.path, shared, mapping)]
  const parts = components.map(([index, component]) =>
    resultOf(node, component, `${node.path}/component/${index}`, shared, mapping),
  )
  const results = [...own, ...parts]
  return { results, kept: heading ? 1 : 0 }
}

/** What an Observation and its components have in common. */
interface Shared {
  readonly place: Place
  readonly patient: LabPatient | null
  readonly faults: readonly Fault[]
  readonly status: ObservationStatus
  readonly collectedAt: Moment | null
  readonly resultAt: Moment | null
  readonly asked: ReturnType<typeof askedFor>
  readonly laboratory: ReturnType<typeof laboratoryOf>
  readonly notes: readonly string[]
  /** How often each key was given so far. */
  readonly keys: Map<string, number>
}

function sharedBy(node: Node, mapping: Mapping): Shared {
  const place = mapping.around.get(node) ?? alone
  const { resource } = node
  const specimen = follow(resource['specimen'], node, 'Specimen')
  const owner = ownerOf(node, place, specimen, mapping.patients)
  const report = place.report?.resource ?? {}
  const faults = [...(mapping.faults.get(node) ?? []), ...patientFaults(node, mapping), ...owner.faults]
  if (isJson(resource['specimen']) && textOf(resource['specimen']['reference']) !== '' && specimen === null) {
    faults.push(warning('fhir-reference-not-found', `${node.path}/specimen`, resource['specimen']['reference']))
  }
  const isWithdrawn = report['status'] === 'entered-in-error' && resource['status'] !== 'entered-in-error'
  if (isWithdrawn) faults.push(warning('fhir-report-withdrawn', `${node.path}/status`, ''))
  const collectedAt = collectionOf(resource, specimen)
  const resultAt = readFhirMoment(resource['issued']) ?? readFhirMoment(report['issued'])
  if (isEarlier(resultAt?.at, collectedAt?.at) && collectedAt?.precision === 'second') {
    const params = { earlier: 'effective[x]', later: 'issued' }
    faults.push({ code: 'fhir-date-order', severity: 'warning', path: `${node.path}/issued`, params })
  }
  return {
    place,
    patient: owner.patient,
    faults,
    status: isWithdrawn ? 'entered-in-error' : statusOf(resource['status']),
    collectedAt,
    resultAt,
    asked: askedFor(node, place, specimen),
    laboratory: laboratoryOf(node, place, mapping.authors),
    notes: notesOf(node),
    keys: new Map(),
  }
}

/** What is wrong with the shape of the patient refuses the results of that patient. */
function patientFaults(node: Node, mapping: Mapping): readonly Fault[] {
  const patient = follow(node.resource['subject'], node, 'Patient')
  return patient === null ? [] : (mapping.faults.get(patient) ?? [])
}

function resultOf(node: Node, result: Json, path: string, shared: Shared, mapping: Mapping): ReadResult {
  const { laboratory, collectedAt, resultAt, patient, faults } = shared
  const isRefused = hasError(faults)
  const content = patient === null || isRefused ? null : contentOf(node, result, path, shared, patient, mapping)
  return recordOf(patient, laboratory, collectedAt ?? resultAt, content, faults)
}

function recordOf(
  patient: LabPatient | null,
  laboratory: Shared['laboratory'],
  happened: Moment | null,
  content: ObservationContent | null,
  faults: readonly Fault[],
): ReadResult {
  const { nihii, name } = laboratory
  return {
    service: 'lab',
    formKind: 'observation',
    form: 'fhir-lab',
    formVersion: '4.0.1',
    action: { state: 'new' },
    subject: patient === null ? null : subjectOf(patient),
    author:
      nihii === ''
        ? null
        : { organisationNihii: nihii, organisationName: name, professionalNihii: null, professionalName: null },
    happenedAt: happened?.at ?? null,
    content,
    faults,
  }
}

function contentOf(
  node: Node,
  result: Json,
  path: string,
  shared: Shared,
  patient: LabPatient,
  mapping: Mapping,
): ObservationContent {
  const { asked, collectedAt, resultAt, status, notes, laboratory, place } = shared
  const [original = { code: '', system: '', text: '' }, ...alternates] = codingsOf(result['code'])
  const [from, length] = mapping.places.spans.get(result) ?? [0, 0]
  const identity = {
    source: laboratory.source,
    order: asked.order,
    code: { original, alternates },
    subId: subIdOf(place),
    collectedAt,
  }
  return {
    kind: 'observation',
    ...identity,
    origin: { format: 'fhir', path, from, length },
    resultKey: keyIn(shared.keys, { ...identity, patient: personOf(patient) }),
    value: readValue(result, mapping.places),
    status,
    resultAt,
    sentAt: null,
    referenceRange: readRange(result['referenceRange']),
    interpretation: objectsOf(result['interpretation'])
      .flatMap(([, concept]) => codingsOf(concept).map(({ code }) => code.toUpperCase()))
      .filter((code) => code !== ''),
    // What is written beside a heading is about its components: the heading is no result that could keep it.
    notes: result === node.resource || isHeading(node) ? notes : [],
    patient,
    requester: asked.requester,
  }
}

/** Components of one code, and documents of one report, are told apart by their order: else the last stood for all. */
function keyIn(keys: Map<string, number>, identity: ResultIdentity): string {
  const key = resultKeyOf(identity)
  const occurrence = (keys.get(key) ?? 0) + 1
  keys.set(key, occurrence)
  return occurrence === 1 ? key : resultKeyOf({ ...identity, occurrence })
}

/** Members of a panel that itself has a value, such as the tests of one isolate, are kept apart by that value. */
function subIdOf(place: Place): string | null {
  const carrier = place.panels.findLast((panel) => valuesOf(panel.resource).length > 0)
  if (carrier === undefined) return null
  const [coding] = codingsOf(carrier.resource['valueCodeableConcept'])
  const text = coding === undefined ? textOf(carrier.resource['valueString']) : coding.code || coding.text
  return text === '' ? null : text.slice(0, 100)
}

/**
 * When the sample was taken: effective[x] of the result, else the collection of its specimen. The time of the report is not
 * taken for it: software writes the time of printing there.
 */
function collectionOf(resource: Json, specimen: Node | null): Moment | null {
  const { effectivePeriod } = resource
  const own = readFhirMoment(resource['effectiveDateTime']) ?? readFhirMoment(resource['effectiveInstant'])
  if (own !== null) return own
  if (isJson(effectivePeriod)) return readFhirMoment(effectivePeriod['start']) ?? readFhirMoment(effectivePeriod['end'])
  const collection = specimen?.resource['collection']
  if (!isJson(collection)) return null
  const { collectedPeriod } = collection
  return (
    readFhirMoment(collection['collectedDateTime']) ??
    (isJson(collectedPeriod) ? readFhirMoment(collectedPeriod['start']) : null)
  )
}

/** FHIR observation-status; `amended` and `corrected` both take the place of what was there. */
function statusOf(sent: unknown): ObservationStatus {
  switch (sent) {
    case 'amended':
      return 'corrected'
    case 'registered':
    case 'preliminary':
    case 'final':
    case 'corrected':
    case 'cancelled':
    case 'entered-in-error':
      return sent
    default:
      return 'unknown'
  }
}

/** A report that carries documents and no results: each document is a result with the code of the report. */
export function readDocuments(node: Node, mapping: Mapping): readonly ReadResult[] {
  if (Array.isArray(node.resource['result'])) return []
  const forms = objectsOf(node.resource['presentedForm'])
  if (forms.length === 0) return []
  const shared = sharedBy(node, mapping)
  const isRefused = hasError(shared.faults)
  return forms.map(([index, form]) => {
    const { patient, laboratory, collectedAt, resultAt } = shared
    const path = `${node.path}/presentedForm/${index}`
    const content = patient === null ? null : contentOf(node, node.resource, path, shared, patient, mapping)
    const document =
      content === null || isRefused ? null : { ...content, value: readDocument(form), subId: String(index + 1) }
    return recordOf(patient, laboratory, collectedAt ?? resultAt, document, shared.faults)
  })
}

function warning(code: Fault['code'], path: string, reference: unknown): Fault {
  return { code, severity: 'warning', path, params: { reference: textOf(reference).slice(0, 100) } }
}
