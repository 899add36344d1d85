import { expect, test } from 'vitest'
import { isTimeFor } from './lease-time.ts'

const left = (milliseconds: number) => ({ leaseEnds: performance.now() + milliseconds })

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
