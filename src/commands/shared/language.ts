import { languages, pickLanguage, type Language } from '../../kernel/language.ts'
import { WrongUse } from './outcome.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The language a person reads: what was asked for, else that of the terminal, else English. Throws `WrongUse`.
 *
 * @example readerLanguage(undefined, { LANG: 'fr_BE.UTF-8' }) // 'fr'
 */
export function readerLanguage(asked: string | undefined, env: Environment = process.env): Language {
  if (asked === undefined) return pickLanguage(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'], 'en')
  const found = languages.find((language) => language === asked)
  if (found === undefined) throw new WrongUse(`--language takes one of ${languages.join(', ')}`)
  return found
}
