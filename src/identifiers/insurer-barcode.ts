import { wrong, type Checked } from './checked.ts'

export interface InsurerBarcodeFacts {
  /** First four digits: the insurer. Whether we know this insurer is for the list of insurers to say. */
  readonly insurer: string
  /** Ten digits: case or membership number. Personal: never log it. */
  readonly key: string
  /** Insurers prefer but need not make the last two a mod 97 check, so that a mismatch is no fault. */
  readonly checkDigits: 'hold' | 'do-not-hold'
}

/**
 * Reads the barcode of a supplementary insurer: 14 digits, four of the insurer and ten of the insured.
 *
 * Source: Assurpharma integration specification, barcode.
 *
 * @example checkInsurerBarcode('01969912319994')
 * // { state: 'valid', insurer: '0196', key: '9912319994', checkDigits: 'do-not-hold' }
 */
export function checkInsurerBarcode(text: string): Checked<InsurerBarcodeFacts> {
  if (!/^\d{14}$/.test(text)) return wrong('shape')
  const remainder = Number(text.slice(4, 12)) % 97
  const holds = Number(text.slice(12)) === (remainder === 0 ? 97 : remainder)
  return {
    state: 'valid',
    insurer: text.slice(0, 4),
    key: text.slice(4),
    checkDigits: holds ? 'hold' : 'do-not-hold',
  }
}
