import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { contrast, distance, seenBy, type Sight } from '../../tests/web/colour.ts'
import { dark, light, tokensCss, tones } from './tokens.ts'

const css = readFileSync(join(import.meta.dirname, 'static/sluis.css'), 'utf8')

test('the style sheet holds exactly the tokens', () => {
  const held = /\/\* tokens: begin \*\/\n(.*?)\n\s*\/\* tokens: end \*\//s.exec(css)?.[1] ?? ''
  const bare = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  expect(bare(held)).toEqual(bare(tokensCss()))
})

test('no colour stands in the style sheet outside the tokens, except the white and black of codes, paper and shadows', () => {
  const outside = css.replace(/\/\* tokens: begin \*\/.*?\/\* tokens: end \*\//s, '')
  expect([...new Set(outside.match(/#[0-9a-f]{3,8}\b/gi) ?? [])].toSorted()).toEqual([
    '#000',
    '#333',
    '#555',
    '#999',
    '#fff',
  ])
})

describe.each([
  ['light', light],
  ['dark', dark],
] as const)('%s', (_, theme) => {
  test('text reaches 4.5 and edges 3 on page and surface', () => {
    for (const ground of [theme.page, theme.surface]) {
      for (const text of [theme.ink, theme.muted, theme.accent])
        expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5)
      for (const tone of tones) expect(contrast(theme.states[tone].text, ground)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(theme.edge, ground)).toBeGreaterThanOrEqual(3)
    }
    expect(contrast(theme.onAccent, theme.accent)).toBeGreaterThanOrEqual(4.5)
    for (const tone of tones)
      expect(contrast(theme.states[tone].text, theme.states[tone].tint)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(['all', 'protan', 'deutan'] as const)(
    'any two states differ by 12 or more for sight %s',
    (sight: Sight) => {
      const colours = tones.map((tone) => seenBy(sight, theme.states[tone].text))
      const pairs = colours.flatMap((a, i) => colours.slice(i + 1).map((b) => distance(a, b)))
      expect(Math.min(...pairs)).toBeGreaterThanOrEqual(12)
    },
  )
})

test('the usual trio of traffic lights would fail, so the measure measures', () => {
  const [green, amber] = [seenBy('protan', '#2e7d32'), seenBy('protan', '#b26a00')]
  expect(distance(green, amber)).toBeLessThan(12)
})
