import type { HeatCell, HeatRow } from '../../web/parts/charts/heat-map.tsx'
import { brusselsDay } from '../../kernel/clock.ts'
import { hourOf, hoursOfDay, midnight, type LocalHour } from './brussels-time.ts'

interface Hour {
  readonly formKind: string
  readonly hour: Date
  readonly count: number
}

const hourMs = 3_600_000

/** What was counted before today, by the hour a clock showed, and on how many days. */
interface Past {
  readonly byHour: ReadonlyMap<number, number>
  readonly days: number
}

/**
 * The hours of today against the average of the same hour on the seven days before. Without a day before today there is
 * nothing to hold it against, and it says so; an hour in which nothing is usual is one in which they are closed. Hours are
 * those of a clock in Brussels: pharmacies open by it, also in the week after it was changed.
 */
export function rhythmOf(kinds: readonly string[], hours: readonly Hour[], now: Date): HeatRow[] {
  if (hours.length === 0) return []
  const today = midnight(now).getTime()
  const earliest = Math.min(...hours.map((one) => one.hour.getTime()))
  // On the first day nothing was counted before the first record came: those hours are left out, not shown as empty.
  const places = hoursOfDay(now).filter(({ from, to }) => from <= now.getTime() && to > earliest)
  return kinds.map((kind) => {
    const own = hours.filter((one) => one.formKind === kind)
    const past = pastOf(own.filter((one) => one.hour.getTime() < today))
    return { name: kind, cells: places.map((place) => cellOf(own, past, place, now)) }
  })
}

function pastOf(before: readonly Hour[]): Past {
  const byHour = new Map<number, number>()
  for (const { hour, count } of before) byHour.set(hourOf(hour), (byHour.get(hourOf(hour)) ?? 0) + count)
  return { byHour, days: new Set(before.map(({ hour }) => brusselsDay(hour))).size }
}

function cellOf(own: readonly Hour[], { byHour, days }: Past, { hour, from, to }: LocalHour, now: Date): HeatCell {
  const during = own.filter((one) => one.hour.getTime() >= from && one.hour.getTime() < to)
  const count = during.reduce((sum, one) => sum + one.count, 0)
  if (days === 0) return { hour, count, share: null, state: 'not-known' }
  // Of the hour that comes twice in October twice as much is usual.
  const usual = ((byHour.get(hour) ?? 0) / days) * ((to - from) / hourMs)
  if (usual === 0 && count === 0) return { hour, count: null, share: null, state: 'closed' }
  const share = usual === 0 ? 1 : count / usual
  // An hour that is still running is not late yet.
  if (now.getTime() < to && share < 0.5) return { hour, count, share: null, state: 'not-known' }
  return { hour, count, share, state: count === 0 ? 'silent' : share < 0.5 ? 'thin' : 'healthy' }
}
