import { expect, onTestFinished, test, vi } from 'vitest'
import { isTimeFor, leaseEndIn } from './lease-time.ts'

const left = (milliseconds: number) => ({ leaseEnds: leaseEndIn(milliseconds) })

test('a lease covers the request, what may follow it, and what one without a memory still has on its way', () => {
  const fits = (dedupes: boolean, milliseconds: number) =>
    (['question', 'post'] as const).filter((request) =>
      isTimeFor(request, { timeoutMs: 10_000, dedupes }, left(milliseconds)),
    )
  expect([9_900, 11_000, 21_000].map((milliseconds) => fits(true, milliseconds))).toEqual([
    [],
    ['post'],
    ['question', 'post'],
  ])
  expect([19_900, 21_000, 31_000].map((milliseconds) => fits(false, milliseconds))).toEqual([
    [],
    ['post'],
    ['question', 'post'],
  ])
})

test('a machine that slept knows that its leases are over', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const job = left(45_000)
  const fits = () => isTimeFor('post', { timeoutMs: 10_000, dedupes: false }, job)
  expect(fits()).toBe(true)
  vi.setSystemTime(Date.now() + 60_000)
  expect(fits()).toBe(false)
})

test('a clock that is set back makes no lease longer', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const job = left(45_000)
  vi.advanceTimersByTime(40_000)
  vi.setSystemTime(Date.now() - 3_600_000)
  expect(isTimeFor('post', { timeoutMs: 10_000, dedupes: true }, job)).toBe(false)
})
