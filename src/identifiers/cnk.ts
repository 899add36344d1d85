import { wrong, type Checked } from './checked.ts'
import { luhnHolds } from './luhn.ts'

/**
 * Checks a CNK (national code of a pharmacy product): 7 digits, the last a Luhn check digit.
 *
 * The association of pharmacists publishes no formula; the Luhn rule held for ten real codes out of ten.
 *
 * @example checkCnk('4782074') // { state: 'valid' }
 */
export function checkCnk(text: string): Checked<object> {
  if (!/^\d{7}$/.test(text)) return wrong('shape')
  return luhnHolds(text) ? { state: 'valid' } : wrong('check-digits')
}
