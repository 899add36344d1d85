import type { DccName } from './dcc.ts'
import { transliteration, writeGreekPairs } from './transliteration.ts'

const nameLimit = 80

/**
 * A name in the letters of a machine-readable zone (ICAO Doc 9303 part 3): A-Z, with `<` for spaces and hyphens.
 * Apostrophes, digits and other signs are dropped; at most 80 characters. Empty when nothing is left.
 *
 * @example transliterate("d'Arsøns - van Halen") // 'DARSOENS<VAN<HALEN'
 */
export function transliterate(name: string): string {
  // Cut before the work as well: eight characters of input give at least one of output in any real name.
  const upper = name
    .slice(0, nameLimit * 8)
    .normalize('NFC')
    .toUpperCase()
  const letters = Array.from(writeGreekPairs(upper).normalize('NFC'), letterOf).join('')
  return letters.replace(/<+/g, '<').replace(/^</, '').slice(0, nameLimit).replace(/<$/, '')
}

function letterOf(character: string): string {
  const code = character.charCodeAt(0)
  if (code >= 0x41 && code <= 0x5a) return character
  if (/[\s,<\p{Pd}]/u.test(character)) return '<'
  // Georgian is listed in its usual letters; toUpperCase makes other ones of them.
  const listed = transliteration.get(character) ?? transliteration.get(character.toLowerCase())
  if (listed !== undefined) return listed
  const bare = character.normalize('NFD').replace(/\p{M}/gu, '')
  return transliteration.get(bare) ?? bare.replace(/[^A-Z]/g, '')
}

/**
 * The name part of a certificate. A person with one name carries it as family name, because the schema of 1.3.0 asks for
 * `fnt`. Null when no letter of the name can be written in A-Z.
 */
export function dccName(familyName: string, givenName: string): DccName | null {
  const [family, given] = familyAndGiven(familyName, givenName)
  const fnt = transliterate(family)
  const gnt = transliterate(given)
  if (fnt === '') return null
  const [fn, gn] = [clean(family), clean(given)]
  return { fn, fnt, ...(gn === '' ? {} : { gn }), ...(gnt === '' ? {} : { gnt }) }
}

/**
 * Whether the name part of a certificate carries this family name: as written, or in A-Z by our table. Which table was
 * used for A-Z is the issuer's choice, so another spelling there says nothing against a name that is written the same.
 */
export function carriesFamilyName(name: unknown, familyName: string, givenName: string): boolean {
  if (typeof name !== 'object' || name === null) return false
  const { fn, fnt, gn, gnt } = name as Record<string, unknown>
  const [family] = familyAndGiven(familyName, givenName)
  // Somebody with one name only may have it as either (schema 1.3.2).
  const single = familyName.trim() === ''
  const written = clean(family)
  const letters = transliterate(family)
  const isWritten = (text: unknown): boolean => written !== '' && typeof text === 'string' && clean(text) === written
  const isInLetters = (text: unknown): boolean => letters !== '' && text === letters
  return isWritten(fn) || isInLetters(fnt) || (single && (isWritten(gn) || isInLetters(gnt)))
}

/**
 * Whether the name part of a certificate can be that of this given name: the two share a word, as written or in A-Z. A
 * certificate or a record without a given name says nothing against it; registers know more names of a person, in another
 * order, and issuers drop accents that our table writes out.
 */
export function fitsGivenName(name: unknown, familyName: string, givenName: string): boolean {
  if (typeof name !== 'object' || name === null) return false
  const { gn, gnt } = name as Record<string, unknown>
  const [, given] = familyAndGiven(familyName, givenName)
  const own = wordsOf(given)
  const theirs = new Set([gn, gnt].flatMap((text) => (typeof text === 'string' ? [...wordsOf(text)] : [])))
  return own.size === 0 || theirs.size === 0 || [...own].some((word) => theirs.has(word))
}

/** The words of a name in capitals: as written, without accents, and in A-Z by our table. */
function wordsOf(name: string): ReadonlySet<string> {
  const written = clean(name).toUpperCase()
  const bare = written.normalize('NFD').replace(/\p{M}/gu, '')
  const words = [written, bare, transliterate(name)].flatMap((text) => text.split(/[\s,<\p{Pd}]+/u))
  return new Set(words.filter((word) => word !== ''))
}

const familyAndGiven = (familyName: string, givenName: string): readonly [string, string] =>
  familyName.trim() === '' ? [givenName, ''] : [familyName, givenName]

/** As written, in NFC, without outer and double spaces. */
function clean(name: string): string {
  return cut(
    name
      .slice(0, nameLimit * 8)
      .toWellFormed()
      .normalize('NFC')
      .trim()
      .replace(/\s+/g, ' '),
  )
}

/** At most 80 characters, and never half a character at the end. */
export function cut(text: string): string {
  return text
    .slice(0, nameLimit)
    .replace(/[\uD800-\uDBFF]$/, '')
    .toWellFormed()
}
