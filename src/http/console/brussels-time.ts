import { brusselsDay } from '../../kernel/clock.ts'
import { zone } from '../../web/format.ts'

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
