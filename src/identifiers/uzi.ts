import { wrong, type Checked } from './checked.ts'

/**
 * Checks a Dutch UZI number (holder of a care provider's card): 9 digits. No check digit is published.
 *
 * Source: UZI register, certification practice statement.
 *
 * @example checkUzi('900000001') // { state: 'valid' }
 */
export function checkUzi(text: string): Checked<object> {
  return /^\d{9}$/.test(text) ? { state: 'valid' } : wrong('shape')
}
