/**
 * The characters a message is cut at, from its own MSH-1 and MSH-2 (HL7 v2.5.1 section 2.5.4). Every one is a text in which
 * a character stands for one byte; one that a sender left out, or gave the job of another, is empty and cuts nothing.
 */
export interface Separators {
  readonly field: string
  readonly component: string
  readonly repetition: string
  readonly escape: string
  readonly subcomponent: string
}

/**
 * Reads the separators of an MSH line, given as text of one character a byte. A separator of several bytes (some software
 * writes a typographic tilde in UTF-8) stays whole.
 *
 * @example separatorsOf('MSH|^~\\&#|LAB').subcomponent // '&'
 */
export function separatorsOf(line: string): Separators {
  const field = line.charAt(3) || '|'
  const end = line.indexOf(field, 4)
  const given = line.slice(4, end < 0 ? line.length : end)
  const common = given === '^~\\&' || given === '^~\\&#'
  const [component = '', repetition = '', escape = '', subcomponent = ''] = common
    ? given
    : once(characters(given), field)
  return { field, component, repetition, escape, subcomponent }
}

/** Bytes of UTF-8 belong together; anything else is a character for itself. */
function characters(given: string): string[] {
  return given.match(/[\xc2-\xf4][\x80-\xbf]{1,3}|[\s\S]/g) ?? []
}

/** Of a character that stands there twice only the first counts. */
function once(given: readonly string[], field: string): string[] {
  return given.map((one, place) => (one === field || given.indexOf(one) < place ? '' : one))
}

/** The nth part of a text, counted from 1; empty when there are fewer. */
export function part(text: string, separator: string, n: number): string {
  if (separator === '') return n === 1 ? text : ''
  let from = 0
  for (let left = n; left > 1; left--) {
    const found = text.indexOf(separator, from)
    if (found < 0) return ''
    from = found + separator.length
  }
  const end = text.indexOf(separator, from)
  return end < 0 ? text.slice(from) : text.slice(from, end)
}

/** All parts of a text; the text itself when nothing separates. */
export function parts(text: string, separator: string): readonly string[] {
  return separator === '' || !text.includes(separator) ? [text] : text.split(separator)
}
