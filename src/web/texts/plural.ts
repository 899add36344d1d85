import type { Language } from '../../kernel/language.ts'
import { formats } from '../format.ts'

/** The words a number can take; `many` is French for a round million and falls back to `other`. */
export interface Forms {
  readonly one: string
  readonly many?: string
  readonly other: string
}

/**
 * A function that writes a number with its word, both as the language wants them.
 *
 * @example counter('fr')(0, { one: 'message', other: 'messages' }) // '0 message'
 */
export function counter(language: Language): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language)
  const { number } = formats(language)
  return (count, forms) => {
    const rule = rules.select(count)
    const word = rule === 'one' ? forms.one : rule === 'many' ? (forms.many ?? forms.other) : forms.other
    return `${number(count)} ${word}`
  }
}

/** A function that writes a number as the language wants it. */
export function figure(language: Language): (count: number) => string {
  return formats(language).number
}
