import type { InterpretedObservation } from '../../formats/lab/observation.ts'
import { identifierSystem } from './names.ts'
import { momentText } from './render-observation.ts'

/** A patient as the newest result has it; `id` is the index, which tells nothing of the person. */
export function renderPatient(
  id: string,
  { patient, source }: Pick<InterpretedObservation, 'patient' | 'source'>,
  lastUpdated: Date,
): Readonly<Record<string, unknown>> {
  const { identifiers, familyName, givenName, birthDate, sex, deceased, deceasedAt } = patient
  const numbers = identifiers.map((one) => ({ system: identifierSystem(one, source), value: one.value }))
  const name = {
    ...(familyName === '' ? {} : { family: familyName }),
    ...(givenName === '' ? {} : { given: givenName.split(' ') }),
  }
  return {
    resourceType: 'Patient',
    id,
    meta: { lastUpdated: lastUpdated.toISOString() },
    ...(numbers.length === 0 ? {} : { identifier: numbers }),
    ...(Object.keys(name).length === 0 ? {} : { name: [name] }),
    gender: sex,
    ...(birthDate === '' ? {} : { birthDate }),
    ...(deceasedAt === null
      ? deceased === 'unknown'
        ? {}
        : { deceasedBoolean: deceased === 'yes' }
      : { deceasedDateTime: momentText(deceasedAt) }),
  }
}
