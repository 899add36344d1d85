import { expect, test } from 'vitest'
import { busyness, rateAt, readLoad, usualLoad } from './load.ts'

test('what is not named stays; kinds that are not named are not sent', () => {
  const first = readLoad({ perSecond: 40, kinds: { vaccination: 1 } }, usualLoad)
  expect(first).toMatchObject({ state: 'read', load: { perSecond: 40, repeatShare: usualLoad.repeatShare } })
  expect(first).toMatchObject({ load: { kinds: { 'rapid-test': 0, vaccination: 1, 'booster-1': 0, 'booster-2': 0 } } })
})

test.each([{ perSeconds: 1 }, { perSecond: -1 }, { faultyShare: 1.5 }, { kinds: { flu: 1 } }, [], 'all'])(
  'a load that does not exist is told: %j',
  (body) => expect(readLoad(body, usualLoad).state).toBe('wrong'),
)

test('pharmacies are closed at night, slow over lunch and busiest late in the afternoon', () => {
  expect(busyness(3 * 60)).toBe(0)
  expect(busyness(22 * 60)).toBe(0)
  expect(busyness(17 * 60)).toBe(1)
  expect(busyness(13 * 60)).toBeLessThan(busyness(11 * 60))
})

test('time lapse moves the story along the day', () => {
  const load = { ...usualLoad, perSecond: 100, openingHours: true, startMinute: 8 * 60, timeLapse: 60 }
  expect(rateAt(load, 0)).toBe(0)
  expect(rateAt(load, 9 * 60_000)).toBe(100)
  expect(rateAt(load, 12 * 60_000)).toBe(0)
  expect(rateAt({ ...load, openingHours: false }, 0)).toBe(100)
})
