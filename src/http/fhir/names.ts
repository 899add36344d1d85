import { patientOfIdentifier } from '../../formats/fhir-lab/patient.ts'
import { systems } from '../../formats/fhir/systems.ts'
import type { PatientIdentifier } from '../../formats/lab/observation.ts'

/** Media type of every answer. */
export const fhirJson = 'application/fhir+json; charset=utf-8'

/** Names this hub gives in FHIR. */
export const names = {
  errors: 'https://sluis.example/errors',
  tags: 'https://sluis.example/fhir/CodeSystem/result-tags',
  record: systems.record,
  mapped: 'https://sluis.example/fhir/StructureDefinition/mapped',
  document: 'https://sluis.example/fhir/StructureDefinition/document',
  assigner: 'urn:sluis:assigner:',
  codeSystem: 'urn:sluis:code-system:',
  bsn: 'http://fhir.nl/fhir/NamingSystem/bsn',
  ucum: 'http://unitsofmeasure.org',
  absent: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
} as const

/** A system of HL7v2 is a bare word where FHIR wants a URI. */
const asUri = (prefix: string, text: string): string => (text.includes(':') ? text : prefix + encodeURIComponent(text))

/** The URI of a code system as sent; undefined when none was given. */
export function systemUri(system: string): string | undefined {
  if (system === '') return undefined
  return system === 'loinc' ? systems.loinc : asUri(names.codeSystem, system)
}

/** The system as the index has it, for a URI of ours. */
export function systemOfUri(uri: string): string {
  if (uri === systems.loinc) return 'loinc'
  return uri.startsWith(names.codeSystem) ? decoded(uri.slice(names.codeSystem.length)) : uri
}

/** The system of a patient's identifier; a local number without an assigner is one of its source. */
export function identifierSystem({ scheme, assigner }: PatientIdentifier, source: string): string {
  if (scheme === 'insz') return systems.ssin
  if (scheme === 'bsn') return names.bsn
  return asUri(names.assigner, assigner === '' ? source : assigner)
}

/** The identifier a search names; null when there is no value. */
export function identifierFrom(system: string, value: string): PatientIdentifier | null {
  if (system.startsWith(names.assigner)) {
    return value === '' ? null : { scheme: 'local', value, assigner: decoded(system.slice(names.assigner.length)) }
  }
  return patientOfIdentifier({ system, value })?.identifiers[0] ?? null
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
