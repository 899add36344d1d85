import { afterEach, expect, test, vi } from 'vitest'
import { SluisError } from '../kernel/errors.ts'
import { ask } from './away.ts'

afterEach(() => void vi.useRealTimers())

test('an answer is an answer, an absent or silent database is away, a fault stays a fault', async () => {
  expect(await ask(Promise.resolve(null))).toEqual({ state: 'answered', value: null })
  expect(await ask(Promise.reject(new SluisError('database-away', { seconds: 2 })))).toEqual({ state: 'away' })
  expect(await ask(new Promise(() => undefined))).toEqual({ state: 'away' })
  await expect(ask(Promise.reject(new Error('no such table')))).rejects.toThrow('no such table')
})

test('a database that is there and slow gets longer, and not for ever; one known to be away does not', async () => {
  vi.useFakeTimers()
  const slowly = async <T>(value: T, milliseconds: number): Promise<T> =>
    new Promise((resolve) => void setTimeout(() => resolve(value), milliseconds))
  const there = () => false
  const slow = ask(slowly('apotheek-1', 4_000), there)
  const never = ask(new Promise(() => undefined), there)
  const away = ask(slowly('apotheek-1', 4_000), () => true)
  let gaveUp = false
  void never.then(() => (gaveUp = true))
  await vi.advanceTimersByTimeAsync(4_500)
  expect(await slow).toEqual({ state: 'answered', value: 'apotheek-1' })
  expect(await away).toEqual({ state: 'away' })
  expect(gaveUp).toBe(false)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await never).toEqual({ state: 'away' })
})
