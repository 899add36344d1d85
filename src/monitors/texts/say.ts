import type { Language, Texts } from '../../kernel/language.ts'
import type { Target } from '../facts.ts'
import type { SentenceParams, ShownValue } from '../sentence.ts'

/** One function per sentence; the compiler holds every language to the same sentences and their parameters. */
export type SentenceTexts = {
  readonly [Code in keyof SentenceParams]: (params: SentenceParams[Code], say: Say) => string
}

/** How values, days and bounds are written in one language. */
export interface Say {
  day(day: string): string
  /** Day and hour with its zone. */
  moment(iso: string): string
  /** `52 mmol/mol`, with what was sent in brackets when that differs. */
  value(shown: ShownValue): string
  /** `≤ 53`, `4.5 - 8`. */
  bounds(target: Target): string
  list(parts: readonly string[]): string
  text(texts: Texts): string
  number(value: number): string
}

const locales: Readonly<Record<Language, string>> = { nl: 'nl-BE', fr: 'fr-BE', de: 'de-BE', en: 'en-GB' }

/** Belgium and the Netherlands share their clock; days carry none. */
const zone = 'Europe/Brussels'

/** Makes the writer of a language; `explain` keeps one of each. */
export function sayIn(language: Language): Say {
  const locale = locales[language]
  const days = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' })
  const moments = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  })
  // Decimals as they were measured: none added, none taken away.
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 10 })
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' })
  const number = (value: number): string => numbers.format(value)
  return {
    number,
    day: (day) => days.format(Date.parse(`${day}T00:00:00Z`)),
    moment: (iso) => moments.format(Date.parse(iso)),
    value: (shown) => {
      const written = `${shown.comparator === '' ? '' : `${signs[shown.comparator] ?? shown.comparator} `}${number(shown.value)} ${shown.unit}`
      const isSame = shown.original === '' || plain(shown.original) === plain(written)
      return isSame ? written : `${written} (${shown.original})`
    },
    bounds: ({ atLeast, above, atMost, below }) => {
      if (atLeast !== undefined && atMost !== undefined) return `${number(atLeast)} - ${number(atMost)}`
      const parts = [
        atLeast === undefined ? '' : `≥ ${number(atLeast)}`,
        above === undefined ? '' : `> ${number(above)}`,
        atMost === undefined ? '' : `≤ ${number(atMost)}`,
        below === undefined ? '' : `< ${number(below)}`,
      ]
      return parts.filter((part) => part !== '').join(', ')
    },
    list: (parts) => lists.format(parts),
    text: (texts) => texts[language],
  }
}

const signs: Readonly<Record<string, string>> = { '<=': '≤', '>=': '≥' }
const plain = (text: string): string => text.replaceAll(/\s/g, '').replaceAll(',', '.')
