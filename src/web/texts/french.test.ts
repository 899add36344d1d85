import { expect, test } from 'vitest'
import { fixtureView } from '../fixtures/context.ts'
import { french } from './french.ts'

/** Every sentence of a catalogue, those with places filled with a number that is also a text. */
function sentences(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'function') return sentences((value as (...given: string[]) => unknown)('2', '2', '2', '2', '2'))
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sentences) : []
}

test('French has its own apostrophe, and no plain space before a mark', () => {
  const all = sentences(fixtureView('fr').t)
  expect(all.length).toBeGreaterThan(400)
  expect(all.filter((text) => /\p{L}'\p{L}/u.test(text))).toEqual([])
  expect(all.filter((text) => / (?:[:;?!](?:\s|$)|»)|« /.test(text))).toEqual([])
})

test('spaces that do not break stand where French wants them, also around what is filled in', () => {
  const texts = french({ asks: 'Urgence ?', said: { why: (why: string) => `« ${why} » : vu ; fini` }, rows: ['a : b'] })
  expect(texts.asks).toBe('Urgence\u202F?')
  expect(texts.said.why('oui')).toBe('«\u202Foui\u202F»\u00A0: vu\u202F; fini')
  expect(texts.rows).toEqual(['a : b'])
})
