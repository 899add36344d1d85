import type { HeatCell, HeatRow } from '../../web/parts/charts/heat-map.tsx'
import { midnight } from './brussels-time.ts'

interface Hour {
  readonly formKind: string
  readonly hour: Date
  readonly count: number
}

const hourMs = 3_600_000
const dayMs = 86_400_000

/**
 * The hours of today against the average of the same hour on the seven days before. Without a day before today there is
 * nothing to hold it against, and it says so; an hour in which nothing is usual is one in which they are closed.
 */
export function rhythmOf(kinds: readonly string[], hours: readonly Hour[], now: Date): HeatRow[] {
  const today = midnight(now).getTime()
  const known = hours.some((one) => one.hour.getTime() < today)
  if (hours.length === 0) return []
  const past = Math.floor((now.getTime() - today) / hourMs)
  // On the first day nothing was counted before the first record came: those hours are left out, not shown as empty.
  const first = known ? 0 : Math.floor((Math.min(...hours.map((one) => one.hour.getTime())) - today) / hourMs)
  return kinds.map((kind) => {
    const own = hours.filter((one) => one.formKind === kind)
    const places = Array.from({ length: past - first + 1 }, (_, index) => first + index)
    return { name: kind, cells: places.map((hour) => cellOf(own, today, hour, known, hour === past)) }
  })
}

function cellOf(own: readonly Hour[], today: number, hour: number, known: boolean, running: boolean): HeatCell {
  const at = today + hour * hourMs
  const count = own.filter((one) => one.hour.getTime() === at).reduce((sum, one) => sum + one.count, 0)
  const before = own.filter((one) => one.hour.getTime() < today && (at - one.hour.getTime()) % dayMs === 0)
  const days = new Set(
    own.filter((one) => one.hour.getTime() < today).map((one) => Math.floor((today - one.hour.getTime() - 1) / dayMs)),
  )
  if (!known || days.size === 0) return { hour, count, share: null, state: 'not-known' }
  const usual = before.reduce((sum, one) => sum + one.count, 0) / days.size
  if (usual === 0 && count === 0) return { hour, count: null, share: null, state: 'closed' }
  const share = usual === 0 ? 1 : count / usual
  // An hour that is still running is not late yet.
  if (running && share < 0.5) return { hour, count, share: null, state: 'not-known' }
  return { hour, count, share, state: count === 0 ? 'silent' : share < 0.5 ? 'thin' : 'healthy' }
}
