import { expect, test } from 'vitest'
import { loadCalendar } from '../../care/calendar.ts'
import { learn, type Hour } from '../../care/rhythm.ts'
import { fromLocal, hourOf, hoursOfDay, midnightAway, toLocal } from './brussels-time.ts'
import { cellsOf } from './feeds.ts'
import { rhythmOf } from './rhythm.ts'

const hourMs = 3_600_000
const local = (text: string): Date => fromLocal(text)!

/** Hours from midnight of the first day to a moment in which a source that opens at eight and closes at noon sent. */
function opened(first: string, until: Date): Date[] {
  const hours: Date[] = []
  for (let at = local(`${first}T00:00`).getTime(); at < until.getTime(); at += hourMs) {
    const hour = hourOf(new Date(at))
    if (hour >= 8 && hour < 12) hours.push(new Date(at))
  }
  return hours
}

test('the hours of a day are those of a clock in Brussels, on the days it is changed too', () => {
  const labels = (day: string) => hoursOfDay(local(`${day}T12:00`)).map(({ hour }) => hour)
  const all = Array.from({ length: 24 }, (_, hour) => hour)
  expect(labels('2026-07-01')).toEqual(all)
  expect(labels('2026-03-29')).toEqual(all.filter((hour) => hour !== 2))
  expect(labels('2026-10-25')).toEqual(all)
  const spans = hoursOfDay(local('2026-10-25T12:00'))
  expect(spans[2]!.to - spans[2]!.from).toBe(2 * hourMs)
  expect(new Date(spans[23]!.to)).toEqual(local('2026-10-26T00:00'))
  for (const day of ['2026-03-30', '2026-04-03', '2026-10-26', '2026-10-30'])
    expect(toLocal(midnightAway(local(`${day}T15:00`), -7))).toMatch(/T00:00$/)
})

test.each(['2026-03-29', '2026-03-30', '2026-10-25', '2026-10-26', '2026-07-01'])(
  'a pharmacy that opens at eight does so on the map of %s',
  (day) => {
    const now = local(`${day}T20:30`)
    const start = toLocal(midnightAway(now, -7)).slice(0, 10)
    const hours = opened(start, now).map((hour) => ({ formKind: 'rapid-test', hour, count: 10 }))
    const [row] = rhythmOf(['rapid-test'], hours, now)
    const open = row!.cells.filter(({ state }) => state !== 'closed')
    expect(open.map(({ hour, count, share, state }) => [hour, count, share, state])).toEqual(
      [8, 9, 10, 11].map((hour) => [hour, 10, 1, 'healthy']),
    )
    expect(row!.cells.at(-1)?.hour).toBe(20)
  },
)

test('an hour that is still running is not late, also on the day the clock goes back', () => {
  const now = local('2026-10-25T09:10')
  const before = opened('2026-10-18', local('2026-10-25T09:00'))
  const hours = before.map((hour) => ({ formKind: 'rapid-test', hour, count: 10 }))
  const [row] = rhythmOf(['rapid-test'], hours, now)
  expect(row!.cells.at(-1)).toEqual({ hour: 9, count: 0, share: null, state: 'not-known' })
})

test.each(['2026-03-29', '2026-03-30', '2026-10-25', '2026-10-26'])(
  'a laboratory that opens at eight does so on the map of %s',
  (day) => {
    const from = local(`${day}T00:00`)
    const start = midnightAway(from, -56)
    const hours = opened(toLocal(start).slice(0, 10), midnightAway(from, 1)).map((at): Hour => ({
      at: at.getTime(),
      results: 40,
      timed: 0,
      delaySeconds: 0,
      withoutUnit: 0,
      quantities: 0,
      abnormal: 0,
      analytes: {},
    }))
    const earlier = hours.filter(({ at }) => at < from.getTime())
    const rhythm = learn(earlier, { from: start.getTime(), to: from.getTime() }, loadCalendar('be'), [])
    const cells = cellsOf(rhythm, hours, from, local(`${day}T23:30`), [])
    const open = cells.filter(({ state }) => state !== 'closed')
    expect(open.map(({ hour, count, share }) => [hour, count, share])).toEqual(
      [8, 9, 10, 11].map((hour) => [hour, 40, 1]),
    )
    expect(cells.at(-1)).toMatchObject({ hour: 23, state: 'closed' })
    expect(cells).toHaveLength(day === '2026-03-29' ? 23 : 24)
  },
)
