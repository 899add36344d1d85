import { hash } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:'
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * The unique vaccination certificate identifier of a record: always the same for the same record and country, so that a
 * replayed record never gets a second certificate. Ends in `#` and its check character.
 *
 * @example uvciOf('0197c1c2-...', 'BE') // 'URN:UVCI:01:BE:K5...#4'
 * Source: eHealth Network, guidelines on vaccination certificates, annex 2.
 */
export function uvciOf(recordId: string, country: string): string {
  const digest = hash('sha256', `uvci ${country} ${recordId}`, 'buffer')
  const identifier = `URN:UVCI:01:${country}:${toBase32(digest.subarray(0, 15))}`
  return `${identifier}#${checkCharacter(identifier)}`
}

/**
 * The Luhn mod 38 check character of an identifier, `URN:UVCI:` included and `#` not; null when a character lies outside
 * A-Z, 0-9, `/` and `:`.
 *
 * @example checkCharacter('URN:UVCI:01:NL:187/37512422923') // 'Z'
 */
export function checkCharacter(identifier: string): string | null {
  let sum = 0
  let factor = 2
  for (let i = identifier.length - 1; i >= 0; i--) {
    const value = alphabet.indexOf(identifier.charAt(i))
    if (value < 0) return null
    const product = value * factor
    sum += Math.floor(product / alphabet.length) + (product % alphabet.length)
    factor = 3 - factor
  }
  return alphabet.charAt((alphabet.length - (sum % alphabet.length)) % alphabet.length)
}

/**
 * Whether the check character after `#` fits: null when there is none. Many countries print another character, so a
 * verifier never refuses on it.
 */
export function checkCharacterFits(ci: string): boolean | null {
  const hash = ci.lastIndexOf('#')
  if (hash < 0) return null
  return checkCharacter(ci.slice(0, hash)) === ci.slice(hash + 1)
}

/**
 * Whether an identifier may stand on a certificate we issue for a country: `URN:UVCI:01:<country>:` and its own part, with
 * the right check character where it has one; or as Belgium writes it, `01BE...#x` without the prefix and with a check of
 * its own.
 */
export function isUvciOf(ci: string, country: string): boolean {
  if (ci.startsWith('01BE')) return country === 'BE' && /^01BE[A-Z0-9/:]{1,66}(#[A-Z0-9/:])?$/.test(ci)
  const prefix = `URN:UVCI:01:${country}:`
  if (!ci.startsWith(prefix) || !/^[A-Z0-9/:]{1,55}(#[A-Z0-9/:])?$/.test(ci.slice(prefix.length))) return false
  return checkCharacterFits(ci) !== false
}

/** 15 bytes make 24 characters, without padding (RFC 4648 section 6). */
function toBase32(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 5) {
    let high = 0
    for (let j = 0; j < 5; j++) high = high * 256 + (bytes[i + j] ?? 0)
    let group = ''
    for (let j = 0; j < 8; j++) {
      group = base32.charAt(high % 32) + group
      high = Math.floor(high / 32)
    }
    text += group
  }
  return text
}
