import { brusselsDay } from '../../kernel/clock.ts'
import { zone } from '../../web/format.ts'

const hourMs = 3_600_000

const parts = new Intl.DateTimeFormat('sv-SE', {
  timeZone: zone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** What a clock in Brussels shows at a moment, as if it were UTC. */
const shown = (moment: number): number => Date.parse(`${parts.format(moment).replace(' ', 'T')}Z`)

/**
 * The moment of a local time as a form writes it, `YYYY-MM-DDTHH:MM`; null when it is none. Of the hour that comes twice in
 * October the first; in the hour that does not exist in March the one after.
 *
 * @example fromLocal('2026-07-01T15:05')?.toISOString() // '2026-07-01T13:05:00.000Z'
 */
export function fromLocal(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text)) return null
  const wanted = Date.parse(`${text}Z`)
  if (Number.isNaN(wanted)) return null
  const summer = wanted - 2 * 3_600_000
  return new Date(shown(summer) === wanted ? summer : wanted - 3_600_000)
}

/** A moment as a form writes it, in local time. */
export function toLocal(moment: Date): string {
  return parts.format(moment).replace(' ', 'T').slice(0, 16)
}

/** The beginning of the day of a moment in Brussels. */
export function midnight(moment: Date): Date {
  return fromLocal(`${brusselsDay(moment)}T00:00`) ?? moment
}

/** The beginning of the day some days before that of a moment, or after it; a day has 23, 24 or 25 hours. */
export function midnightAway(moment: Date, days: number): Date {
  return midnight(new Date(midnight(moment).getTime() + days * 24 * hourMs + 12 * hourMs))
}

/** The hour a clock in Brussels shows at a moment, 0 to 23. */
export const hourOf = (moment: Date): number => new Date(shown(moment.getTime())).getUTCHours()

/** One hour of a local day, as a clock shows it. */
export interface LocalHour {
  readonly hour: number
  readonly from: number
  /** An hour later, or two in the night of October in which the hour comes twice. */
  readonly to: number
}

/**
 * The hours of the day of a moment: 23 on the day in March that leaves one out, 24 on any other.
 *
 * @example hoursOfDay(new Date('2026-03-29T12:00:00Z'))[2] // { hour: 3, from: ..., to: ... }
 */
export function hoursOfDay(moment: Date): LocalHour[] {
  const end = midnightAway(moment, 1).getTime()
  const hours: LocalHour[] = []
  for (let from = midnight(moment).getTime(); from < end; from += hourMs) {
    const hour = hourOf(new Date(from))
    const last = hours.at(-1)
    if (last?.hour === hour) hours[hours.length - 1] = { ...last, to: from + hourMs }
    else hours.push({ hour, from, to: from + hourMs })
  }
  return hours
}
