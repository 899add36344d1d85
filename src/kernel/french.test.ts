import { expect, test } from 'vitest'
import { errorTable, errorText, type ErrorCode } from './errors.ts'

test('errors are told in French with its own apostrophe, and no plain space before a mark', () => {
  const told = (Object.keys(errorTable) as ErrorCode[]).map((code) => errorText(code, {}, 'fr'))
  expect(told.filter((text) => /\p{L}'\p{L}/u.test(text))).toEqual([])
  expect(told.filter((text) => / (?:[:;?!](?:\s|$)|»)|« /.test(text))).toEqual([])
  expect(errorText('not-found', { path: '/x' }, 'fr')).toBe('Il n’y a rien ici\u00A0: /x.')
})
