import { expect, test } from 'vitest'
import { loadCalendar } from './calendar.ts'
import { expectedIn, isRepaired, judgeFeed, learn, type Hour, type Rhythm } from './rhythm.ts'

const calendar = loadCalendar('be')
const hourLength = 3_600_000
/** A Tuesday, 14:00 in Brussels. */
const now = Date.parse('2026-06-16T12:00:00Z')
const start = now - 56 * 86_400_000

/** 30 to 50 results an hour on working days from 8 to 18, none at night and in the weekend. */
function usual(at: number): number {
  const local = new Date(at + 2 * hourLength)
  const isOpen = local.getUTCHours() >= 8 && local.getUTCHours() < 18 && ![0, 6].includes(local.getUTCDay())
  if (!isOpen || calendar.isClosed(local.toISOString().slice(0, 10))) return 0
  return 30 + ((at / hourLength) % 21)
}

const hour = (at: number, results: number, more: Partial<Hour> = {}): Hour => ({
  at,
  results,
  timed: results,
  delaySeconds: results * 600,
  withoutUnit: 0,
  quantities: results,
  abnormal: Math.round(results * 0.3),
  analytes: { hba1c: Math.round(results * 0.2), creatinine: Math.round(results * 0.4) },
  ...more,
})

function hoursBetween(from: number, to: number, of: (at: number) => Hour = (at) => hour(at, usual(at))): Hour[] {
  const hours: Hour[] = []
  for (let at = from; at < to; at += hourLength) hours.push(of(at))
  return hours
}

const rhythm: Rhythm = learn(hoursBetween(start, now), { from: start, to: now }, calendar, [])
const day = (of?: (at: number) => Hour): Hour[] => hoursBetween(now - 24 * hourLength, now, of)

test('a source that sends as usual is well, at noon, at night and in the weekend', () => {
  expect(judgeFeed(rhythm, day(), now - 60_000, now)).toEqual({ state: 'well' })
  const sunday = Date.parse('2026-06-14T12:00:00Z')
  const lastOnFriday = Date.parse('2026-06-12T15:50:00Z')
  expect(judgeFeed(rhythm, [], lastOnFriday, sunday)).toEqual({ state: 'well' })
})

test('three hours of silence on a Tuesday are a disturbance from the last result on', () => {
  const lastAt = now - 3 * hourLength
  expect(judgeFeed(rhythm, day(), lastAt, now)).toMatchObject({ state: 'disturbed', reason: 'silent', from: lastAt })
})

test('the same silence on the national holiday is none', () => {
  const holiday = Date.parse('2026-07-21T12:00:00Z')
  expect(judgeFeed(rhythm, [], Date.parse('2026-07-20T15:55:00Z'), holiday)).toEqual({ state: 'well' })
})

test('two hours of silence are no disturbance of a source that sends in batches', () => {
  const isTurn = (at: number): boolean => (at / hourLength + Math.floor(at / (168 * hourLength))) % 3 === 0
  const batches = hoursBetween(start, now, (at) => hour(at, isTurn(at) ? usual(at) * 3 : 0))
  const bursty = learn(batches, { from: start, to: now }, calendar, [])
  expect(bursty.dispersion).toBeGreaterThan(10)
  expect(judgeFeed(bursty, day(), now - 2 * hourLength, now).state).not.toBe('disturbed')
})

test('a tenth of the usual is thin; four fifths of it are within its spread', () => {
  const thin = (share: number) => day((at) => hour(at, Math.round(usual(at) * share)))
  expect(judgeFeed(rhythm, thin(0.1), now - 60_000, now)).toMatchObject({ reason: 'thin' })
  expect(judgeFeed(rhythm, thin(0.8), now - 60_000, now)).toEqual({ state: 'well' })
})

test('results that arrive hours after their release are late from when they were released', () => {
  const late = day((at) => hour(at, usual(at), { delaySeconds: usual(at) * 20_000 }))
  expect(judgeFeed(rhythm, late, now - 60_000, now)).toMatchObject({ reason: 'late', from: now - 20_000_000 })
})

test('one kind of result that stops, or units that disappear, is a changed mix', () => {
  const withoutHba1c = day((at) => hour(at, usual(at), { analytes: { creatinine: Math.round(usual(at) * 0.4) } }))
  expect(judgeFeed(rhythm, withoutHba1c, now - 60_000, now)).toMatchObject({ reason: 'changed-mix' })
  const withoutUnits = day((at) => hour(at, usual(at), { withoutUnit: usual(at) }))
  expect(judgeFeed(rhythm, withoutUnits, now - 60_000, now)).toMatchObject({ reason: 'changed-mix' })
})

test('a source seen for a week says nothing yet', () => {
  const young = learn(hoursBetween(now - 7 * 86_400_000, now), { from: start, to: now }, calendar, [])
  expect(judgeFeed(young, day(), now - 5 * hourLength, now)).toEqual({ state: 'unlearned' })
})

test('a disturbed week teaches nothing', () => {
  const from = now - 14 * 86_400_000
  const to = now - 7 * 86_400_000
  const gap = hoursBetween(start, now, (at) => hour(at, at >= from && at < to ? 0 : usual(at)))
  const taught = learn(gap, { from: start, to: now }, calendar, [{ from, to }])
  const window = { from: now - 4 * hourLength, to: now }
  expect(expectedIn(taught, window)).toBeCloseTo(expectedIn(rhythm, window) ?? 0, -1)
})

test('a disturbance is repaired when what was released in it has come in', () => {
  const span = { from: now - 3 * hourLength, to: now }
  const expected = expectedIn(rhythm, span) ?? 0
  expect(isRepaired(rhythm, span, 0)).toBe(false)
  expect(isRepaired(rhythm, span, Math.round(expected / 3))).toBe(false)
  expect(isRepaired(rhythm, span, Math.round(expected * 0.95))).toBe(true)
})
