import type { LabPatient, PatientIdentifier } from '../formats/lab/observation.ts'
import { patientIndex, type HubKeys } from '../kernel/keys.ts'

/**
 * Under which index a patient of a laboratory is kept: INSZ before BSN before a number local to its assigner (to the source
 * when no assigner is named), then birth date with family name. Numbers of two schemes are never taken for one person.
 *
 * @example labPatientIndex(vault.keys, observation.patient, observation.source)
 */
export function labPatientIndex(keys: HubKeys, patient: LabPatient, source: string): Buffer {
  const by = (scheme: PatientIdentifier['scheme']): PatientIdentifier | undefined =>
    patient.identifiers.find((one) => one.scheme === scheme)
  const identifier = by('insz') ?? by('bsn') ?? by('local')
  if (identifier !== undefined) return identifierIndex(keys, identifier, source)
  return nameIndex(keys, patient.birthDate, patient.familyName)
}

/** The index of one identifier; `source` stands in for an assigner that is not named. */
export function identifierIndex(keys: HubKeys, identifier: PatientIdentifier, source: string): Buffer {
  const { scheme, value, assigner } = identifier
  return patientIndex(keys, scheme, scheme === 'local' ? `${assigner === '' ? source : assigner}\0${value}` : value)
}

/**
 * The index of a birth date with a family name, in which case, accents and signs between the letters say nothing.
 *
 * @example nameIndex(keys, '1950-03-01', "D'Hondt").equals(nameIndex(keys, '1950-03-01', 'dhondt')) // true
 */
export function nameIndex(keys: HubKeys, birthDate: string, familyName: string): Buffer {
  return patientIndex(keys, 'name', `${birthDate}\0${plainName(familyName)}`)
}

const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase()
