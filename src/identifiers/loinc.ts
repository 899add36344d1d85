import { wrong, type Checked } from './checked.ts'
import { luhnHolds } from './luhn.ts'

/** Deprecated codes that were published with a check digit that does not hold; nothing else may use them. */
const publishedWrong: ReadonlySet<string> = new Set(
  '11491-6,11501-6,5895-7,5896-5,5897-3,5928-1,6028-3,6415-5,6580-7,6645-7,6646-5,6647-3,6648-1,6649-9'.split(','),
)

/**
 * Checks a LOINC code: one to seven digits, a dash and a mod 10 check digit, which is the Luhn rule over the number.
 *
 * `deprecated` is true for the fourteen old codes whose printed check digit is wrong.
 * Source: LOINC users' guide, calculating mod 10 check digits.
 *
 * @example checkLoinc('94558-4') // { state: 'valid', deprecated: false }
 */
export function checkLoinc(text: string): Checked<{ deprecated: boolean }> {
  if (!/^\d{1,7}-\d$/.test(text)) return wrong('shape')
  if (publishedWrong.has(text)) return { state: 'valid', deprecated: true }
  return luhnHolds(text.replace('-', '')) ? { state: 'valid', deprecated: false } : wrong('check-digits')
}
