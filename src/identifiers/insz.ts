import { wrong, type Checked, type Wrong } from './checked.ts'

export interface InszFacts {
  /** `national`: Belgian register number; `bis`: number of somebody who is not in that register. */
  readonly kind: 'national' | 'bis'
  /** `unknown` for a BIS number given out before the sex was known. */
  readonly sex: 'male' | 'female' | 'unknown'
  /** `YYYY-MM-DD`, or `YYYY-MM` or `YYYY` when the number says that day or month are not known. */
  readonly birthDate: string
}

const daysInMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/**
 * Checks an INSZ (NISS, national register number or BIS number): 11 digits `YYMMDD SSS CC` without punctuation.
 *
 * `CC = 97 - (first nine digits mod 97)`; for a birth in or after 2000 a 2 stands before the nine. The two sums differ
 * by 2000000000 mod 97 = 68, so at most one century fits and the number itself decides it. `SSS` is odd for a man and
 * even for a woman. A BIS number has 20 added to the month (sex not known) or 40 (sex known). `00` for month or day
 * means not known. A number of the future (`85...` with the 2000 sum) is valid here: the caller knows what day it is.
 *
 * Source: Royal Decree of 3 April 1984 on the identification number; Belgian register and BIS number instructions.
 *
 * @example checkInsz('93051822361') // { state: 'valid', kind: 'national', sex: 'male', birthDate: '1993-05-18' }
 */
export function checkInsz(text: string): Checked<InszFacts> {
  if (!/^\d{11}$/.test(text)) return wrong('shape')
  const nine = Number(text.slice(0, 9))
  const check = Number(text.slice(9))
  const century = check === 97 - (nine % 97) ? 1900 : check === 97 - ((2_000_000_000 + nine) % 97) ? 2000 : null
  const serial = nine % 1000
  const month = Math.floor(nine / 100_000) % 100
  const shift = month >= 40 ? 40 : month >= 20 ? 20 : 0
  const day = Math.floor(nine / 1000) % 100
  if (month - shift > 12 || day > 31) return wrong('birth-date')
  if (century === null) return wrong('check-digits')
  const birthDate = birthDateOf(century + Math.floor(nine / 10_000_000), month - shift, day)
  if (typeof birthDate !== 'string') return birthDate
  if (serial === 0 || serial === 999) return wrong('shape')
  return {
    state: 'valid',
    kind: shift === 0 ? 'national' : 'bis',
    sex: shift === 20 ? 'unknown' : serial % 2 === 1 ? 'male' : 'female',
    birthDate,
  }
}

function birthDateOf(year: number, month: number, day: number): string | Wrong {
  if (month === 0) return String(year)
  const monthText = `${year}-${String(month).padStart(2, '0')}`
  if (day === 0) return monthText
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const last = month === 2 && !leap ? 28 : daysInMonth[month - 1]!
  return day > last ? wrong('birth-date') : `${monthText}-${String(day).padStart(2, '0')}`
}

/**
 * Makes the INSZ of an invented person, with the right check digits.
 *
 * @param birthDate `YYYY-MM-DD` between 1900 and 2099
 * @param serial 1 to 998, odd for a man and even for a woman
 * @example makeInsz('1993-05-18', 223) // '93051822361'
 */
export function makeInsz(birthDate: string, serial: number): string {
  const nine = birthDate.slice(2, 4) + birthDate.slice(5, 7) + birthDate.slice(8, 10) + String(serial).padStart(3, '0')
  const base = Number(nine) + (birthDate >= '2000' ? 2_000_000_000 : 0)
  return nine + String(97 - (base % 97)).padStart(2, '0')
}
