import { createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hmacSha256 } from './hmac.ts'

test('gives what the engine gives, for any key up to a block and texts short and long', () => {
  for (const keyLength of [0, 1, 32, 63, 64]) {
    const key = randomBytes(keyLength)
    for (const length of [0, 1, 55, 64, 447, 448, 449, 2_000, 3]) {
      for (const text of ['a'.repeat(length), 'é€'.repeat(length)]) {
        expect(hmacSha256(key, text)).toEqual(createHmac('sha256', key).update(text).digest())
      }
    }
  }
})

test('test case 2 of RFC 4231', () => {
  expect(hmacSha256(Buffer.from('Jefe'), 'what do ya want for nothing?').toString('hex')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})

test('a key longer than a block is refused, not shortened', () => {
  expect(() => hmacSha256(randomBytes(65), 'x')).toThrow(RangeError)
})
