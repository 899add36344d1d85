import { expect, test } from 'vitest'
import { makeRarely } from './rarely.ts'

test('a look that failed rests as well', async () => {
  let now = 0
  let looks = 0
  const rarely = makeRarely(
    () => Promise.resolve('a'),
    () => now,
  )
  const call = () =>
    rarely(() => {
      looks += 1
      now += 500
      return Promise.reject<never[]>(new Error('too slow'))
    })
  await expect(call()).rejects.toThrow('too slow')
  now = 9_000
  expect(await call()).toEqual([])
  now = 10_600
  await expect(call()).rejects.toThrow('too slow')
  expect(looks).toBe(2)
})

test('a costly look rests twenty times as long as it took, unless it finds something or its mark changes', async () => {
  let now = 0
  let mark = 'a'
  let finds = 0
  let looks = 0
  const rarely = makeRarely(
    () => Promise.resolve(mark),
    () => now,
  )
  const call = () =>
    rarely(() => {
      looks += 1
      now += 500
      return Promise.resolve(Array.from({ length: finds }, () => 'found'))
    })
  await call()
  expect([looks, now]).toEqual([1, 500])
  now = 9_000
  expect(await call()).toEqual([])
  expect(looks).toBe(1)
  now = 10_400
  mark = 'b'
  finds = 3
  expect(await call()).toHaveLength(3)
  // It found something, so it looks again at once.
  expect(await call()).toHaveLength(3)
  finds = 0
  await call()
  expect(looks).toBe(4)
  await call()
  expect(looks).toBe(4)
})
