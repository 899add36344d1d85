import { namedUuid } from '../../kernel/ids.ts'
import type { OwedNames } from '../owed.ts'
import type { Author, CanonicalRecord, Subject } from '../record.ts'
import { profiles, systems } from './systems.ts'

/** A FHIR resource as plain JSON. */
export interface Resource {
  readonly resourceType: string
  readonly [element: string]: unknown
}

export interface Bundle extends Resource {
  readonly resourceType: 'Bundle'
  readonly type: 'message' | 'collection'
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Resource }[]
}

/** The address of a resource inside one bundle; always the same for the same record. */
export function urnOf(record: string, part: string): string {
  return `urn:uuid:${namedUuid('fhir', record, part)}`
}

/** The person, with what the sender wrote and nothing else. */
export function patientOf(subject: Subject): Resource {
  return {
    resourceType: 'Patient',
    meta: { profile: [profiles.patient] },
    ...(subject.insz === null ? {} : { identifier: [{ system: systems.ssin, value: subject.insz }] }),
    name: [{ use: 'official', family: subject.familyName, given: [subject.givenName] }],
    ...(subject.phone === null ? {} : { telecom: [{ system: 'phone', value: subject.phone }] }),
    gender: subject.sex,
    birthDate: subject.birthDate,
    ...(subject.postalCode === null ? {} : { address: [{ postalCode: subject.postalCode }] }),
    ...(subject.language === null
      ? {}
      : { communication: [{ language: { coding: [{ system: systems.language, code: subject.language }] } }] }),
  }
}

/** The pharmacy, by its number. */
export function organisationOf(author: Author | null): object {
  return {
    type: 'Organization',
    identifier: { system: systems.nihdiOrganization, value: author?.organisationNihii ?? '' },
    display: author?.organisationName ?? '',
  }
}

/** Who wrote it down: the pharmacist when the form names one, else the pharmacy. */
export function recorderOf(author: Author | null): object {
  if (author?.professionalNihii == null) return organisationOf(author)
  return {
    type: 'Practitioner',
    identifier: { system: systems.nihdiProfessional, value: author.professionalNihii },
    ...(author.professionalName === null ? {} : { display: author.professionalName }),
  }
}

/** The number of the record, and of the one it corrects as an old one. */
export function identifiersOf(recordId: string, record: CanonicalRecord, names: OwedNames): readonly object[] {
  const own = { use: 'official', system: systems.record, value: recordId }
  if (record.action.state !== 'correct' || names.earlier === null) return [own]
  return [own, { use: 'old', system: systems.record, value: names.earlier.recordId }]
}
