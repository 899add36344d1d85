import { wrong, type Checked } from './checked.ts'

/**
 * Checks a RID (number of a Recip-e prescription): `BEP` and nine letters or digits; it has no check digit.
 *
 * Source: Recip-e, the identifier types of the single message schemas.
 *
 * @example checkRid('BEPABZ2D88CD') // { state: 'valid' }
 */
export function checkRid(text: string): Checked<object> {
  return /^BEP[0-9A-Za-z]{9}$/.test(text) ? { state: 'valid' } : wrong('shape')
}
