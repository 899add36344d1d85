import { wrong, type Checked } from './checked.ts'

/**
 * Checks a Dutch AGB code: 8 digits, the first two the kind of care provider. No check digit is published.
 *
 * Source: Vektis, AGB register.
 *
 * @example checkAgb('02001234') // { state: 'valid', providerKind: '02' }
 */
export function checkAgb(text: string): Checked<{ providerKind: string }> {
  return /^\d{8}$/.test(text) ? { state: 'valid', providerKind: text.slice(0, 2) } : wrong('shape')
}
