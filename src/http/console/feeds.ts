import { calendarOf } from '../../care/calendar.ts'
import { expectedIn, learn, type Hour, type Rhythm, type Span } from '../../care/rhythm.ts'
import {
  disturbancesBetween,
  hoursOf,
  knownFeeds,
  type DisturbanceReason,
  type DisturbanceRow,
} from '../../store/feeds.ts'
import { addresses } from '../../web/addresses.ts'
import { feedsPage, type FeedsPage, type FeedState } from '../../web/pages/feeds.tsx'
import type { HeatCell, HeatRow } from '../../web/parts/charts/heat-map.tsx'
import { brusselsDay } from '../../kernel/clock.ts'
import { fromLocal, hoursOfDay } from './brussels-time.ts'
import type { ConsoleDeps } from './deps.ts'
import { queryText } from './forms.ts'
import type { Screens } from './screens.ts'

const hour = 3_600_000
const day = 24 * hour
const weeksLearned = 8

/** How every source sends: one day by hour against what is usual, and what disturbed it. */
export function feedsScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show(addresses.feeds(), 'see-feeds', async ({ request, view }) => {
    const now = deps.now()
    const wished = queryText(request.query, 'day')
    const chosen = fromLocal(`${wished}T00:00`) === null ? brusselsDay(now) : wished
    const from = fromLocal(`${chosen}T00:00`) ?? now
    const [feeds, disturbances] = await Promise.all([
      knownFeeds(deps.db),
      disturbancesBetween(deps.db, new Date(now.getTime() - 14 * day), new Date(now.getTime() + hour)),
    ])
    const hours: HeatRow[] = []
    const sources: FeedsPage['sources'][number][] = []
    for (const { source, kind, lastAt } of feeds) {
      const rows = await hoursOf(deps.db, source, kind, new Date(from.getTime() - weeksLearned * 7 * day))
      const known = rows.map(({ hour: at, ...rest }): Hour => ({ ...rest, at: at.getTime() }))
      const own = disturbances.filter((one) => one.source === source && one.kind === kind)
      const rhythm = rhythmBefore(source, known, from, own)
      const row = { name: source, cells: cellsOf(rhythm, known, from, now, own) }
      hours.push(row)
      sources.push({
        name: source,
        kind,
        state: stateOf(own, rhythm),
        lastAt: lastAt?.toISOString() ?? null,
        today: row.cells.reduce((sum, cell) => sum + (cell.count ?? 0), 0),
      })
    }
    return feedsPage(view, {
      asOf: now.toISOString(),
      day: chosen,
      sources,
      hours,
      disturbances: disturbances.toReversed().map(tellDisturbance),
    })
  })
}

/** How a source sent in the weeks before a moment. */
function rhythmBefore(
  source: string,
  hours: readonly Hour[],
  before: Date,
  disturbed: readonly DisturbanceRow[],
): Rhythm {
  const start = before.getTime()
  const span = { from: start - weeksLearned * 7 * day, to: start }
  const earlier = hours.filter(({ at }) => at < start)
  return learn(earlier, span, calendarOf(source), disturbed.map(spanOf))
}

const spanOf = (one: DisturbanceRow): Span => ({ from: one.from.getTime(), to: one.to?.getTime() ?? Infinity })

/** The hours of a local day; an hour that has not been is empty, an hour that is usually empty is closed. */
export function cellsOf(
  rhythm: Rhythm,
  hours: readonly Hour[],
  from: Date,
  now: Date,
  disturbed: readonly DisturbanceRow[],
): HeatCell[] {
  const away = disturbed.map(spanOf)
  const spans = hoursOfDay(from)
  const [first, last] = [spans[0]!.from, spans.at(-1)!.to]
  const own = hours.filter(({ at }) => at >= first && at < last)
  return spans.map((span) => {
    const usual = expectedIn(rhythm, span)
    const during = own.filter(({ at }) => at >= span.from && at < span.to)
    const count = during.reduce((sum, one) => sum + one.results, 0)
    if (span.from > now.getTime()) return { hour: span.hour, count: null, share: null, state: 'to-come' as const }
    if (count === 0 && (usual === null || usual < 0.5)) {
      return {
        hour: span.hour,
        count: null,
        share: null,
        state: usual === null ? ('not-known' as const) : ('closed' as const),
      }
    }
    const share = usual === null || usual < 0.5 ? null : count / usual
    return {
      hour: span.hour,
      count,
      share,
      state: cellState(
        count,
        share,
        usual,
        away.some((one) => one.from < span.to && one.to > span.from),
      ),
    }
  })
}

function cellState(count: number, share: number | null, usual: number | null, disturbed: boolean): HeatCell['state'] {
  if (count === 0 && (disturbed || (usual ?? 0) >= 5)) return 'silent'
  return disturbed && (share ?? 1) < 0.5 ? 'thin' : 'healthy'
}

/** The running disturbance of a source, else the one that is not made good yet; as usual only where the usual is known. */
function stateOf(own: readonly DisturbanceRow[], { expected }: Rhythm): FeedState {
  const running = own.find(({ to }) => to === null)
  if (running !== undefined) return reasons[running.reason]
  if (own.some(({ repairedUntil }) => repairedUntil === null)) return 'draining'
  return expected.every((one) => one === null) ? 'rhythm-unknown' : 'usual'
}

const reasons: Readonly<Record<DisturbanceReason, FeedState>> = {
  silent: 'quiet',
  late: 'late',
  thin: 'thin',
  'changed-mix': 'changed-mix',
  backlog: 'draining',
}

function tellDisturbance(one: DisturbanceRow): FeedsPage['disturbances'][number] {
  return {
    id: String(one.id),
    source: one.source,
    state: reasons[one.reason],
    from: one.from.toISOString(),
    until: one.to?.toISOString() ?? null,
    repairedAt: one.repairedUntil?.toISOString() ?? null,
    missing: Math.round(one.expected),
  }
}
