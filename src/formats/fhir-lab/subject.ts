import { hasError, type Fault } from '../../kernel/fault.ts'
import type { LabPatient } from '../lab/observation.ts'
import type { Place } from './context.ts'
import { patientOfIdentifier, personOf, readPatient, type ReadPatient } from './patient.ts'
import { isJson, resolve, textOf, type Node } from './resources.ts'

/** Whose result it is; `patient` is null when that cannot be said for certain. */
export interface Owner {
  readonly patient: LabPatient | null
  readonly faults: readonly Fault[]
}

/** Reads every patient of a message once. */
export type Patients = Map<Node, ReadPatient>

/**
 * Finds the patient of a result by its reference; a result without one belongs to the patient of its report. Report, panel
 * and specimen must name the same person. Whatever does not resolve to exactly one Patient refuses the result: nobody
 * guesses, also not when the message holds only one.
 */
export function ownerOf(node: Node, place: Place, specimen: Node | null, patients: Patients): Owner {
  const around = [place.report, ...place.panels, specimen].filter((one) => one !== null)
  const own = subjectOf(node, patients)
  const named = own ?? (place.report === null ? null : subjectOf(place.report, patients))
  if (named === null) return { patient: null, faults: [error('fhir-subject-missing', `${node.path}/subject`)] }
  if (named.patient === null) return named
  const person = personOf(named.patient)
  const faults = [...named.faults]
  for (const other of around) {
    const theirs = subjectOf(other, patients)
    if (theirs === null || theirs.patient === null || personOf(theirs.patient) === person) continue
    const params = { other: `${other.type} ${textOf(other.resource['id'])}`.trim() }
    faults.push(error('fhir-subject-differs', `${node.path}/subject`, params))
  }
  return { patient: hasError(faults) ? null : named.patient, faults }
}

/** The patient a resource names; null when it names none. */
function subjectOf(node: Node, patients: Patients): Owner | null {
  const subject = node.resource['subject']
  if (!isJson(subject)) return null
  const path = `${node.path}/subject`
  const reference = textOf(subject['reference'])
  if (reference === '') {
    const identifier = subject['identifier']
    const patient = isJson(identifier) ? patientOfIdentifier(identifier) : null
    return patient === null ? null : { patient, faults: [] }
  }
  const found = resolve(subject, node)
  if (found.state !== 'found') {
    const code = found.state === 'ambiguous' ? 'fhir-subject-ambiguous' : 'fhir-subject-not-found'
    return { patient: null, faults: [error(code, path, { reference: reference.slice(0, 100) })] }
  }
  const { type } = found.node
  if (type !== 'Patient') {
    return { patient: null, faults: [error('fhir-subject-no-patient', path, { type: type.slice(0, 40) })] }
  }
  const known = patients.get(found.node) ?? readPatient(found.node.resource, found.node.path)
  patients.set(found.node, known)
  return known
}

function error(code: Fault['code'], path: string, params: Fault['params'] = {}): Fault {
  return { code, severity: 'error', path, params }
}
