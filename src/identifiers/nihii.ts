import { wrong, type Checked } from './checked.ts'

export interface NihiiFacts {
  /** 8 digits: a pharmacy, laboratory, hospital; 11 digits: a person, with the code of the qualification. */
  readonly kind: 'organisation' | 'professional'
  readonly modulus: 97 | 89
  /** The last three of 11 digits; null for an organisation. */
  readonly qualification: string | null
}

/**
 * Checks a NIHII number (RIZIV, INAMI): six digits, two check digits and, for a person, three of the qualification.
 *
 * `check = 97 - (first six mod 97)`, or 89 in the place of 97 for the numbers given out since the first range ran out
 * (nurses and midwives from 2013, doctors from April 2019). A number that fits both is told as 97.
 *
 * Source: NIHDI, structure of the recognition number; be-core invariants allow 8 and 11 digits.
 *
 * @example checkNihii('27456740') // { state: 'valid', kind: 'organisation', modulus: 97, qualification: null }
 */
export function checkNihii(text: string): Checked<NihiiFacts> {
  if (!/^(\d{8}|\d{11})$/.test(text)) return wrong('shape')
  const six = Number(text.slice(0, 6))
  const check = Number(text.slice(6, 8))
  const modulus = check === 97 - (six % 97) ? 97 : check === 89 - (six % 89) ? 89 : null
  if (modulus === null) return wrong('check-digits')
  const professional = text.length === 11
  return {
    state: 'valid',
    kind: professional ? 'professional' : 'organisation',
    modulus,
    qualification: professional ? text.slice(8) : null,
  }
}

/**
 * Makes the NIHII number of an invented organisation or, with a qualification, person.
 *
 * @example makeNihii(274567) // '27456740'
 */
export function makeNihii(six: number, qualification = ''): string {
  return String(six).padStart(6, '0') + String(97 - (six % 97)).padStart(2, '0') + qualification
}
