import { expect, test } from 'vitest'
import { fromLocal, midnight, toLocal } from './brussels-time.ts'

test('local times become moments in summer, in winter, and around both changes of the clock', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['2026-07-01T15:05', '2026-07-01T13:05:00.000Z'],
    ['2026-01-10T00:00', '2026-01-09T23:00:00.000Z'],
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
    ['2026-03-29T01:59', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
  ]
  for (const [local, moment] of cases) expect(fromLocal(local)?.toISOString(), local).toBe(moment)
  expect(fromLocal('2026-03-29T02:30')?.toISOString()).toBe('2026-03-29T01:30:00.000Z')
})

test('what is no local time is none', () => {
  for (const text of ['', '2026-07-01', '2026-13-01T00:00', '2026-07-01T25:00', "2026-07-01T15:05'", 'x']) {
    expect(fromLocal(text), text).toBeNull()
  }
})

test('a day begins at midnight in Brussels, whatever the zone of the machine', () => {
  expect(midnight(new Date('2026-07-01T21:59:59Z')).toISOString()).toBe('2026-06-30T22:00:00.000Z')
  expect(midnight(new Date('2026-07-01T22:00:00Z')).toISOString()).toBe('2026-07-01T22:00:00.000Z')
  expect(toLocal(new Date('2026-07-01T22:00:00Z'))).toBe('2026-07-02T00:00')
})
