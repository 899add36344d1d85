import { expect, test } from 'vitest'
import { languages } from '../kernel/language.ts'
import { brusselsDay, formats } from './format.ts'
import { counter } from './texts/plural.ts'

const now = '2026-07-01T13:05:09Z'

test('numbers as each language writes them', () => {
  expect(languages.map((language) => formats(language).number(1_234_567).replaceAll('\u202f', ' '))).toEqual([
    '1.234.567',
    '1 234 567',
    '1.234.567',
    '1,234,567',
  ])
})

test('a time names its zone, and its day only when that is not today', () => {
  const { time } = formats('en')
  expect(time('2026-07-01T13:02:00Z', now)).toBe('15:02 CEST')
  expect(time('2026-06-21T16:00:00Z', now)).toBe('21 June at 18:00 CEST')
  expect(time('2025-12-24T16:00:00Z', now)).toBe('24 December 2025 at 17:00 CET')
})

test('the hour that comes twice is told apart by its zone', () => {
  const { time } = formats('nl')
  const later = '2026-10-25T12:00:00Z'
  expect(time('2026-10-25T00:30:00Z', later)).toBe('02:30 CEST')
  expect(time('2026-10-25T01:30:00Z', later)).toBe('02:30 CET')
})

test('the day of the books is that of Brussels', () => {
  expect(brusselsDay('2026-06-30T22:30:00Z')).toBe('2026-07-01')
})

test.each([
  [0.2, '1 sec'],
  [75, '1 min, 15 secs'],
  [1080, '18 mins'],
  [13_320, '3 hrs, 42 mins'],
  [90_000, '1 day, 1 hr'],
])('%d seconds read as %s', (seconds, text) => {
  expect(formats('en').duration(seconds)).toBe(text)
})

test('a size is told in a unit that fits, a few bytes in the plural', () => {
  const { bytes } = formats('en')
  expect([0, 1, 644, 8_567, 4_300_000_000].map(bytes)).toEqual(['0 bytes', '1 byte', '644 bytes', '8.6 kB', '4.3 GB'])
})

test('a small rate is told per minute, none as 0/s', () => {
  const { rate } = formats('en')
  expect([rate(0), rate(0.02), rate(3.24), rate(120.4)]).toEqual(['0/s', '1.2/min', '3.2/s', '120/s'])
})

test('the word follows the number: French 0 is singular, a million takes de', () => {
  const fr = counter('fr')
  const forms = { one: 'message', many: 'de messages', other: 'messages' }
  expect([0, 1, 2, 1_000_000].map((n) => fr(n, forms).replaceAll('\u202f', ' '))).toEqual([
    '0 message',
    '1 message',
    '2 messages',
    '1 000 000 de messages',
  ])
  expect(counter('nl')(0, { one: 'bericht', other: 'berichten' })).toBe('0 berichten')
})

test('a share that is not nothing is never told as nothing', () => {
  const { percent } = formats('en')
  expect([0, 0.0004, 0.0006, 0.053, 1].map(percent)).toEqual(['0%', '< 0.1%', '0.1%', '5.3%', '100%'])
})
