import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { shippedSources } from '../formats/hl7v2/sources.ts'
import { dataFolder } from '../kernel/package-root.ts'
import { addDays, dayIn, type Day } from '../monitors/calendar.ts'

const file = z.strictObject({
  name: z.string(),
  zone: z.string(),
  everyYear: z.array(z.string().regex(/^\d{2}-\d{2}$/)),
  fromEaster: z.array(z.int()),
  once: z.array(z.iso.date()),
})

/** The days on which a country sends as on a Sunday. */
export interface Calendar {
  readonly zone: string
  isClosed(day: Day): boolean
}

/**
 * Loads a calendar of the data folder. Throws when the file does not fit: it is read at the start of a node.
 *
 * @example loadCalendar('be').isClosed('2026-07-21') // true
 */
export function loadCalendar(name: 'be' | 'nl', folder: string = join(dataFolder, 'calendars')): Calendar {
  const { zone, everyYear, fromEaster, once } = file.parse(parse(readFileSync(join(folder, `${name}.yaml`), 'utf8')))
  const years = new Map<string, ReadonlySet<Day>>()
  const closedIn = (year: string): ReadonlySet<Day> => {
    const easter = easterOf(Number(year))
    return new Set([
      ...everyYear.map((day) => `${year}-${day}`),
      ...fromEaster.map((days) => addDays(easter, days)),
      ...once,
    ])
  }
  return {
    zone,
    isClosed(day) {
      const year = day.slice(0, 4)
      const closed = years.get(year) ?? closedIn(year)
      years.set(year, closed)
      return closed.has(day)
    },
  }
}

const bySource = new Map<'be' | 'nl', Calendar>()

/**
 * The calendar of a source, as its file names it; the Belgian one for a source without a file. Loaded once.
 *
 * @example calendarOf('vecht-diagnostiek').isClosed('2026-07-21') // false: the Belgian holiday is none there
 */
export function calendarOf(source: string): Calendar {
  const name = shippedSources().find((one) => one.source === source)?.calendar ?? 'be'
  const calendar = bySource.get(name) ?? loadCalendar(name)
  bySource.set(name, calendar)
  return calendar
}

/**
 * Easter Sunday of the Gregorian calendar.
 *
 * Source: the anonymous computus, in J. Meeus, Astronomical Algorithms, chapter 8.
 *
 * @example easterOf(2026) // '2026-04-05'
 */
export function easterOf(year: number): Day {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const ofCentury = year % 100
  const correction = Math.floor((century + 8) / 25)
  const epact = (19 * golden + century - Math.floor(century / 4) - Math.floor((century - correction + 1) / 3) + 15) % 30
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451)
  const sum = epact + weekday - 7 * late + 114
  const month = String(Math.floor(sum / 31)).padStart(2, '0')
  return `${year}-${month}-${String((sum % 31) + 1).padStart(2, '0')}`
}

const weekdays = new Map<Day, number>()

/**
 * The hour of the week of a moment where a source is, 0 for Monday midnight up to 167; a closed day counts as a Sunday.
 */
export function hourOfWeek({ zone, isClosed }: Calendar, moment: number): number {
  const day = dayIn(zone, moment)
  const weekday = isClosed(day) ? 6 : weekdayOf(day)
  return weekday * 24 + localHour(zone, moment)
}

function weekdayOf(day: Day): number {
  const known = weekdays.get(day)
  if (known !== undefined) return known
  if (weekdays.size > 5_000) weekdays.clear()
  const found = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
  weekdays.set(day, found)
  return found
}

const hours = new Map<string, Intl.DateTimeFormat>()

function localHour(zone: string, moment: number): number {
  let format = hours.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' })
    hours.set(zone, format)
  }
  return Number(format.format(moment))
}
