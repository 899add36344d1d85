import { wrong, type Checked } from './checked.ts'

/**
 * Checks a CBE (KBO, BCE) enterprise number: 10 digits, the first 0 or (since September 2023) 1;
 * `last two = 97 - (first eight mod 97)`.
 *
 * Source: FPS Economy, Crossroads Bank for Enterprises.
 *
 * @example checkCbe('0566988259') // { state: 'valid' }
 */
export function checkCbe(text: string): Checked<object> {
  if (!/^[01]\d{9}$/.test(text)) return wrong('shape')
  const expected = 97 - (Number(text.slice(0, 8)) % 97)
  return Number(text.slice(8)) === expected ? { state: 'valid' } : wrong('check-digits')
}
