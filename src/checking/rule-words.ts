import { fill, languages, type Params, type Texts } from '../kernel/language.ts'

/**
 * The words of a rule with the values of a record; what the record does not have is `…`, for a reader knows no braces.
 *
 * @example ruleWords(rule.text, { value: '27' }).en // 'The value 27 is more than ten times the upper limit (…).'
 */
export function ruleWords(texts: Texts, params: Params): Texts {
  const words = languages.map((one) => [one, fill(texts[one], params).replaceAll(/\{\w+\}/g, '…')])
  return Object.fromEntries(words) as unknown as Texts
}
