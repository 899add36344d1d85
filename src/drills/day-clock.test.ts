import { expect, test } from 'vitest'
import { minuteOf, startDayClock, timeText } from './day-clock.ts'

const scenes = ['08:30', '09:30', '10:30']

test('runs through the hours as fast as it was told', () => {
  let now = 0
  const clock = startDayClock({ scenes, last: '10:30', seconds: 60, now: () => now })
  expect(clock.text()).toBe('08:30')
  now = 15_000
  expect(clock.text()).toBe('09:00')
  expect(clock.timeLapse).toBe(120)
  expect(clock.inMinutes(30)).toBe(60)
})

test('stands still before a scene that is not reached, and goes on from there', async () => {
  let now = 0
  const clock = startDayClock({ scenes, last: '10:30', seconds: 60, now: () => now })
  now = 50_000
  expect(clock.text()).toBe('09:30')
  await clock.until('09:30')
  expect(clock.text()).toBe('09:30')
  now = 65_000
  expect(clock.text()).toBe('10:00')
})

test('leaves hours out, and takes scenes in their order only', async () => {
  const clock = startDayClock({ scenes, last: '10:30', seconds: 60, now: () => 0 })
  clock.skipTo('09:30')
  expect(clock.minute()).toBe(minuteOf('09:30'))
  expect(() => clock.skipTo('09:30')).toThrow('not the next scene')
})

test('waits no longer when the drill is stopped', async () => {
  const stop = new AbortController()
  const clock = startDayClock({ scenes, last: '10:30', seconds: 3_600, signal: stop.signal })
  const waiting = clock.until('09:30')
  stop.abort()
  await expect(waiting).rejects.toThrow('aborted')
})

test('writes times with two digits', () => {
  expect(timeText(minuteOf('09:05') + 0.9)).toBe('09:05')
})
