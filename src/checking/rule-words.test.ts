import { expect, test } from 'vitest'
import { loadPacks } from '../rules/load.ts'
import { ruleWords } from './rule-words.ts'

test('no reader is shown a brace: what a record does not have is a gap', () => {
  const rules = loadPacks().flatMap((pack) => pack.rules)
  expect(rules.some(({ text }) => text.en.includes('{'))).toBe(true)
  const said = rules.flatMap(({ text }) => Object.values(ruleWords(text, {})))
  expect(said.filter((sentence) => /[{}]/.test(sentence))).toEqual([])
  expect(ruleWords({ nl: '{a} en {b}', fr: '', de: '', en: '' }, { a: 27 }).nl).toBe('27 en …')
})
