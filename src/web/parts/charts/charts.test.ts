import { expect, test } from 'vitest'
import { qrPath } from '../qr.tsx'
import { openHours, step } from './heat-map.tsx'
import { runs, ticks, top } from './scale.ts'

test('an axis ends at a round number at or above the largest value', () => {
  expect([[], [0], [3, null, 880], [1200], [4]].map(top)).toEqual([1, 1, 1000, 2000, 4])
})

test('an axis between two values has a few round numbers on it', () => {
  const spans = [
    [47.4, 63.6],
    [0, 1],
    [0.61, 0.66],
    [3.9, 5.2],
    [81, 512],
    [99, 101],
  ] as const
  expect(spans.map(([low, high]) => ticks(low, high))).toEqual([
    [50, 55, 60],
    [0, 0.5, 1],
    [0.62, 0.64, 0.66],
    [4, 4.5, 5],
    [100, 200, 300, 400, 500],
    [99, 100, 101],
  ])
})

test('a missing value parts the line, and is neither 0 nor bridged', () => {
  expect(runs([0, 10, null, 10], 10)).toEqual([
    [
      [0, 100],
      [33.33, 0],
    ],
    [[100, 0]],
  ])
})

test('a code becomes one path with four fields of quiet', () => {
  expect(
    qrPath([
      [true, true, false, true],
      [false, false, false, false],
    ]),
  ).toBe('M4 4h2v1h-2zM7 4h1v1h-1z')
})

test('closed hours at the ends of the day are left out, those between stay', () => {
  const cell = (hour: number, state: 'closed' | 'healthy') => ({ hour, state, count: null, share: null })
  const rows = [
    {
      name: 'a',
      cells: [cell(0, 'closed'), cell(1, 'healthy'), cell(2, 'closed'), cell(3, 'healthy'), cell(4, 'closed')],
    },
  ]
  expect(openHours(rows)[0]?.cells.map((one) => one.hour)).toEqual([1, 2, 3])
})

test('five steps of what is usual', () => {
  expect([0, 0.3, 0.6, 1, 2].map(step)).toEqual([1, 2, 3, 4, 5])
})
