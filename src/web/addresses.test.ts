import { expect, test } from 'vitest'
import { withQuery } from './addresses.ts'

test('what is not changed of an address stays, a name that stands there several times too', () => {
  const chosen = '/withheld/release?record=7&record=8&record=9&purpose=incident'
  expect(withQuery(`${chosen}&lang=fr`, { lang: null })).toBe(chosen)
  expect(withQuery(chosen, { purpose: 'care' })).toBe(chosen.replace('incident', 'care'))
  expect(withQuery(chosen, { record: 5 })).toBe('/withheld/release?record=5&purpose=incident')
  expect(withQuery('/monitors?after=x&state=green', { before: 'y', after: null })).toBe(
    '/monitors?state=green&before=y',
  )
  expect(withQuery('/books', { day: '2026-07-01', group: '' })).toBe('/books?day=2026-07-01')
})
