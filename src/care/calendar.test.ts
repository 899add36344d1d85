import { expect, test } from 'vitest'
import { calendarOf, easterOf, hourOfWeek, loadCalendar } from './calendar.ts'

test.each([
  [1961, '1961-04-02'],
  [2000, '2000-04-23'],
  [2008, '2008-03-23'],
  [2024, '2024-03-31'],
  [2026, '2026-04-05'],
  [2038, '2038-04-25'],
])('Easter of %i is %s', (year, day) => expect(easterOf(year)).toBe(day))

test('the holidays of both countries are closed, the days after them are not', () => {
  const be = loadCalendar('be')
  const nl = loadCalendar('nl')
  for (const day of ['2026-07-21', '2026-04-06', '2026-05-14', '2026-05-25', '2026-12-25'])
    expect(be.isClosed(day)).toBe(true)
  for (const day of ['2026-07-22', '2026-04-07', '2026-12-26']) expect(be.isClosed(day)).toBe(false)
  for (const day of ['2026-04-27', '2026-12-26', '2026-05-14']) expect(nl.isClosed(day)).toBe(true)
  expect(nl.isClosed('2026-07-21')).toBe(false)
})

test('hours of the week follow the clock of the place, over its changes; a closed day is a Sunday', () => {
  const be = loadCalendar('be')
  expect(hourOfWeek(be, Date.parse('2026-06-15T07:00:00Z'))).toBe(9)
  expect(hourOfWeek(be, Date.parse('2026-01-12T08:00:00Z'))).toBe(9)
  expect(hourOfWeek(be, Date.parse('2026-07-21T07:00:00Z'))).toBe(6 * 24 + 9)
})

test('a source goes by the calendar its file names, one without a file by the Belgian', () => {
  expect(calendarOf('vecht-diagnostiek').isClosed('2026-07-21')).toBe(false)
  expect(calendarOf('vecht-diagnostiek').isClosed('2026-04-27')).toBe(true)
  expect(calendarOf('lab-schelde').isClosed('2026-07-21')).toBe(true)
  expect(calendarOf('nobody-knows').isClosed('2026-07-21')).toBe(true)
})
