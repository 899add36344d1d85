import { oneOf, type Random } from './random.ts'
import type { EForm } from './sample.ts'

/** One way in which a form goes wrong in a pharmacy, and the fault that reading it must find. */
export interface Spoiling {
  readonly code: string
  spoil(form: EForm): object
}

/** Every way in which `spoilForm` can spoil; each refuses the record. */
export const spoilings: readonly Spoiling[] = [
  {
    code: 'identifier-check-digits',
    spoil: (form) => ({ ...form, patient: { ...form.patient, insz: otherCheckDigits(form.patient.insz) } }),
  },
  {
    code: 'identifier-check-digits',
    spoil: (form) => ({ ...form, pharmacy: { ...form.pharmacy, nihii: '27456741' } }),
  },
  { code: 'identifier-shape', spoil: (form) => ({ ...form, patient: { ...form.patient, insz: '93.05.18-223.61' } }) },
  { code: 'field-missing', spoil: (form) => ({ ...form, patient: { ...form.patient, familyName: undefined } }) },
  { code: 'field-type', spoil: (form) => ({ ...form, patient: { ...form.patient, givenName: 12 } }) },
  { code: 'choice-unknown', spoil: (form) => ({ ...form, patient: { ...form.patient, sex: 'M' } }) },
  { code: 'form-version-unknown', spoil: (form) => ({ ...form, version: '9.9' }) },
  { code: 'form-version-ended', spoil: (form) => ({ ...form, version: '1.0' }) },
  {
    code: 'date-future',
    spoil: (form) => withFact(form, { sampledAt: '2099-01-01T10:00:00+01:00' }, { vaccinatedOn: '2099-01-01' }),
  },
  {
    code: 'date-unreadable',
    spoil: (form) => withFact(form, { sampledAt: '2022-02-30T10:00:00+01:00' }, { vaccinatedOn: '2022-02-30' }),
  },
  { code: 'code-unknown', spoil: (form) => withFact(form, { device: '9999' }, { product: 'EU/1/99/9999' }) },
  { code: 'code-expired', spoil: (form) => withFact(form, { device: '1333' }, { product: 'EU/1/21/1529' }) },
]

/**
 * Spoils a good form in one of the ways of `spoilings`, for drills and tests.
 *
 * @example spoilForm(sampleForm('rapid-test', options), Math.random)
 */
export function spoilForm(form: EForm, random: Random): object {
  return oneOf(spoilings, random).spoil(form)
}

function withFact(form: EForm, test: object, vaccination: object): object {
  return form.form === 'rapid-test'
    ? { ...form, test: { ...form.test, ...test } }
    : { ...form, vaccination: { ...form.vaccination, ...vaccination } }
}

/** Two check digits further on: wrong for either century, which differ by 68. */
function otherCheckDigits(insz: string): string {
  const check = Number(insz.slice(9))
  return insz.slice(0, 9) + String(check > 2 ? check - 2 : check + 2).padStart(2, '0')
}
