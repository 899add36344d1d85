import type { CanonicalRecord } from '../src/formats/record.ts'

/** A rapid test of a realistic size, another person each. */
export function sampleRecord(place: number): CanonicalRecord {
  return {
    ordinal: 0,
    service: 'eforms',
    formKind: 'rapid-test',
    form: 'rapid-test',
    formVersion: '2.0',
    action: { state: 'new' },
    subject: {
      insz: String(90_010_100_000 + place),
      familyName: `Vandenbroucke-${place}`,
      givenName: 'Marie-Christine',
      birthDate: '1990-01-01',
      sex: 'female',
      language: 'nl',
      phone: '+32470000000',
      postalCode: '9000',
    },
    author: {
      organisationNihii: '20000101',
      organisationName: 'Apotheek aan de Leie',
      professionalNihii: '20000101521',
      professionalName: 'An Peeters',
    },
    happenedAt: '2022-07-01T09:12:00+02:00',
    content: {
      kind: 'rapid-test',
      result: 'positive',
      sampledAt: '2022-07-01T09:12:00+02:00',
      sampleKind: 'nasal',
      device: '1232',
      targetGroup: 'symptoms',
      ctpc: '1a2b3c4d5e6f7a8b',
    },
    faults: [],
  }
}
