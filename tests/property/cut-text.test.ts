import { expect, test } from 'vitest'
import { readEmergencyReason } from '../../src/access/emergency.ts'
import { theirWords } from '../../src/delivery/transports/judge.ts'
import { readForm, readReason } from '../../src/http/console/forms.ts'
import { cutText } from '../../src/kernel/cut-text.ts'

test('a text is cut between characters', () => {
  expect(cutText('ab😀c', 2)).toBe('ab')
  expect(cutText('ab😀c', 3)).toBe('ab')
  expect(cutText('ab😀c', 4)).toBe('ab😀')
  expect(cutText('ab', 60)).toBe('ab')
})

test('what others wrote and is kept in JSON holds no half character', () => {
  const long = `${'r'.repeat(499)}😀`
  const kept = [
    theirWords(long, 500),
    theirWords('\ud83d', 500),
    readReason(readForm(Buffer.from(`reason=${encodeURIComponent(long)}`))),
    readEmergencyReason(`${'r'.repeat(199)}😀`),
  ]
  expect(kept.map((text) => text?.isWellFormed())).toEqual([true, true, true, true])
})
