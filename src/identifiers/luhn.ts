/**
 * Whether a text of digits, its check digit last, adds up by the Luhn rule (ISO/IEC 7812-1 annex B): from the right,
 * every second digit is doubled, 9 is taken off what is above 9, and the total is a multiple of ten.
 *
 * @example luhnHolds('4782074') // true
 */
export function luhnHolds(digits: string): boolean {
  let total = 0
  for (let place = 0; place < digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48
    const weighed = place % 2 === 0 ? digit : digit * 2
    total += weighed > 9 ? weighed - 9 : weighed
  }
  return total % 10 === 0
}
