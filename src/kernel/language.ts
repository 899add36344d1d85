/** The four languages every text for people exists in. */
export type Language = 'nl' | 'fr' | 'de' | 'en'

export const languages: readonly Language[] = ['nl', 'fr', 'de', 'en']

/** One sentence in every language; `{name}` stands for a parameter. */
export type Texts = Readonly<Record<Language, string>>

export type Params = Readonly<Record<string, string | number>>

/**
 * Fills `{name}` places of a sentence; a place without a value stays as it is, so that a missing value is seen.
 *
 * @example fill('Wacht op {who}', { who: 'Sciensano' }) // 'Wacht op Sciensano'
 */
export function fill(sentence: string, params: Params = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = params[name]
    return value === undefined ? place : String(value)
  })
}

/**
 * A French sentence with the spaces that French wants before and inside its marks: none of them may end a line. Sentences
 * themselves are written with plain spaces, because nobody sees the others.
 *
 * @example setFrench('Urgence ?') // 'Urgence\u202F?'
 */
export function setFrench(sentence: string): string {
  return sentence.replaceAll(/ (?=:(?:\s|$))/g, '\u00A0').replaceAll(/ (?=[;?!](?:\s|$)|»)|(?<=«) /g, '\u202F')
}

/**
 * The best of our languages for an `Accept-Language` header (RFC 9110 section 12.5.4); `nl` when none fits.
 *
 * @example pickLanguage('fr-BE,fr;q=0.9,en;q=0.5') // 'fr'
 */
export function pickLanguage(header: string | undefined, fallback: Language = 'nl'): Language {
  if (header === undefined) return fallback
  const wishes = header
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', ...rest] = part.trim().split(';')
      const q = rest.map((text) => /^\s*q=([\d.]+)$/.exec(text)?.[1]).find((text) => text !== undefined)
      return { tag: tag.toLowerCase().slice(0, 2), q: q === undefined ? 1 : Number(q) }
    })
    .filter((wish) => wish.q > 0)
    .sort((a, b) => b.q - a.q)
  const found = wishes.map((wish) => languages.find((language) => language === wish.tag)).find((x) => x !== undefined)
  return found ?? fallback
}
