import { wrong, type Checked } from './checked.ts'

/**
 * Checks an ATC code or group: letter, two digits, letter, letter, two digits, cut off at any level. No check digit.
 *
 * `level` is 1 (`A`) to 5 (`A10BA02`, a substance). Source: WHO Collaborating Centre for Drug Statistics Methodology.
 *
 * @example checkAtc('A10BA02') // { state: 'valid', level: 5 }
 */
export function checkAtc(text: string): Checked<{ level: 1 | 2 | 3 | 4 | 5 }> {
  if (!/^[A-Z](\d{2}([A-Z]([A-Z](\d{2})?)?)?)?$/.test(text)) return wrong('shape')
  const level = ({ 1: 1, 3: 2, 4: 3, 5: 4, 7: 5 } as const)[text.length as 1 | 3 | 4 | 5 | 7]
  return { state: 'valid', level }
}
