import { wrong, type Checked } from './checked.ts'

/**
 * Checks a Dutch BSN: 9 digits (8 are read with a zero in front); the digits weighed 9, 8, ... 2 and -1 add up to a
 * multiple of eleven. All zeros pass the arithmetic and are no number.
 *
 * Source: Dutch Government, logical design BSN, the eleven test.
 *
 * @example checkBsn('111222333') // { state: 'valid', nineDigits: '111222333' }
 */
export function checkBsn(text: string): Checked<{ nineDigits: string }> {
  if (!/^\d{8,9}$/.test(text)) return wrong('shape')
  const nineDigits = text.padStart(9, '0')
  if (nineDigits === '000000000') return wrong('shape')
  let sum = 0
  for (let place = 0; place < 9; place++) {
    sum += (nineDigits.charCodeAt(place) - 48) * (place === 8 ? -1 : 9 - place)
  }
  return sum % 11 === 0 ? { state: 'valid', nineDigits } : wrong('check-digits')
}
