import { checkBsn } from '../../identifiers/bsn.ts'
import { checkInsz } from '../../identifiers/insz.ts'
import { cutFaults, type Fault } from '../../kernel/fault.ts'
import { systems } from '../fhir/systems.ts'
import type { LabPatient, PatientIdentifier } from '../lab/observation.ts'
import type { Subject } from '../record.ts'
import { readFhirMoment } from './moment.ts'
import { isJson, objectsOf, textOf, type Json } from './resources.ts'

/** The addresses under which both countries send the number of a citizen; the second of each pair is an older one. */
const inszSystems: ReadonlySet<string> = new Set([
  systems.ssin,
  'https://www.ehealth.fgov.be/standards/fhir/NamingSystem/ssin',
  'urn:oid:2.16.840.1.113883.3.4424',
])
const bsnSystems: ReadonlySet<string> = new Set([
  'http://fhir.nl/fhir/NamingSystem/bsn',
  'urn:oid:2.16.840.1.113883.2.4.6.3',
])

/** How many faults of one patient are told one by one: they stand with every result. */
const faultsAtMost = 10

export interface ReadPatient {
  readonly patient: LabPatient
  readonly faults: readonly Fault[]
}

/** Reads a Patient of be-core or nl-core. A number whose check digits do not hold is kept as local, with a warning. */
export function readPatient(resource: Json, path: string): ReadPatient {
  const faults: Fault[] = []
  const identifiers: PatientIdentifier[] = []
  for (const [index, identifier] of objectsOf(resource['identifier'])) {
    const at = `${path}/identifier/${index}/value`
    const one = readIdentifier(identifier, (scheme) =>
      faults.push({ code: 'fhir-identifier-wrong', severity: 'warning', path: at, params: { scheme } }),
    )
    if (one !== null) identifiers.push(one)
  }
  const name = officialName(resource['name'])
  const given = name['given']
  const birthDate = readFhirMoment(resource['birthDate'])
  if (birthDate === null && textOf(resource['birthDate']).startsWith('0')) {
    faults.push({ code: 'fhir-date-stand-in', severity: 'warning', path: `${path}/birthDate`, params: {} })
  }
  const deceasedAt = readFhirMoment(resource['deceasedDateTime'])
  const dead = resource['deceasedBoolean']
  const sex = resource['gender']
  return {
    patient: {
      identifiers,
      familyName: textOf(name['family']) || textOf(name['text']),
      givenName: Array.isArray(given)
        ? given
            .map(textOf)
            .filter((one) => one !== '')
            .join(' ')
        : '',
      birthDate: birthDate === null || birthDate.precision === 'second' ? '' : birthDate.at,
      sex: sex === 'male' || sex === 'female' || sex === 'other' ? sex : 'unknown',
      deceased: deceasedAt !== null || dead === true ? 'yes' : dead === false ? 'no' : 'unknown',
      deceasedAt,
    },
    faults: cutFaults(faults, faultsAtMost, path),
  }
}

/** The patient of a reference that carries only a number (`subject.identifier`). */
export function patientOfIdentifier(identifier: Json): LabPatient | null {
  const one = readIdentifier(identifier, () => undefined)
  if (one === null) return null
  const unknown = { birthDate: '', sex: 'unknown', deceased: 'unknown', deceasedAt: null } as const
  return { identifiers: [one], familyName: '', givenName: '', ...unknown }
}

function readIdentifier(identifier: Json, tell: (scheme: string) => void): PatientIdentifier | null {
  const value = textOf(identifier['value'])
  if (value === '') return null
  const system = textOf(identifier['system'])
  const digits = value.replace(/[.\- ]/g, '')
  if (inszSystems.has(system)) {
    if (checkInsz(digits).state === 'valid') return { scheme: 'insz', value: digits, assigner: system }
    tell('INSZ')
  }
  if (bsnSystems.has(system)) {
    const bsn = checkBsn(digits)
    if (bsn.state === 'valid') return { scheme: 'bsn', value: bsn.nineDigits, assigner: system }
    tell('BSN')
  }
  return { scheme: 'local', value, assigner: system }
}

/** The official name, else the first that is not an old or maiden one, else the first. */
function officialName(names: unknown): Json {
  const all = objectsOf(names).map(([, name]) => name)
  const official = all.find((name) => name['use'] === 'official')
  return official ?? all.find((name) => name['use'] !== 'old' && name['use'] !== 'maiden') ?? all[0] ?? {}
}

/** The same person as every record of the hub has it. */
export function subjectOf(patient: LabPatient): Subject {
  return {
    insz: patient.identifiers.find((one) => one.scheme === 'insz')?.value ?? null,
    familyName: patient.familyName,
    givenName: patient.givenName,
    birthDate: patient.birthDate,
    sex: patient.sex,
    language: null,
    phone: null,
    postalCode: null,
  }
}

/** One text for one person: the same for two resources that stand for the same. */
export function personOf(patient: LabPatient): string {
  const known = persons.get(patient)
  if (known !== undefined) return known
  const numbers = patient.identifiers.map(({ scheme, value, assigner }) => `${scheme}|${assigner}|${value}`)
  const person = JSON.stringify(
    numbers.length > 0 ? numbers.toSorted() : [patient.familyName, patient.givenName, patient.birthDate],
  )
  persons.set(patient, person)
  return person
}

/** Thousands of results ask for the same patient, who may have thousands of numbers. */
const persons = new WeakMap<LabPatient, string>()

/** A text a person reads, from a name or a concept. */
export function displayOf(value: unknown): string {
  return isJson(value) ? textOf(value['text']) || textOf(value['display']) : ''
}
