import { setAlerts } from '../store/alerts.ts'
import type { Queryable } from '../store/connect.ts'
import {
  endDisturbance,
  hoursOf,
  knownFeeds,
  openDisturbance,
  openDisturbances,
  pastDisturbances,
  repairDisturbance,
  type DisturbanceRow,
  type HourRow,
} from '../store/feeds.ts'
import { calendarOf, type Calendar } from './calendar.ts'
import { expectedIn, isRepaired, judgeFeed, learn, wholeHours, type Hour, type Rhythm, type Span } from './rhythm.ts'

const week = 7 * 86_400_000
const weeksLearned = 8
const hourLength = 3_600_000

/**
 * Looks at every source once: opens a disturbance where one does not send as it usually does, ends it when it does again,
 * and closes it when what was missing has come in. One row each, however many patients; an alert runs as long as the
 * disturbance does. Repeating it changes nothing. Each source goes by its own calendar,
 * or all by the one given. True when something changed.
 */
export async function watchFeeds(db: Queryable, now: Date, calendar?: Calendar): Promise<boolean> {
  let changed = false
  for (const feed of await feedFacts(db)) {
    changed = (await watchOne(db, feed, calendar ?? calendarOf(feed.source), now.getTime())) || changed
  }
  const running = (await openDisturbances(db)).filter(({ to }) => to === null)
  await setAlerts(
    db,
    ['feed-disturbed'],
    running.map(({ source, kind, reason, from }) => ({
      kind: 'feed-disturbed' as const,
      scope: `${source} ${kind}`,
      detail: { source, reason, since: from.toISOString() },
    })),
  )
  return changed
}

async function watchOne(db: Queryable, feed: FeedFacts, calendar: Calendar, now: number): Promise<boolean> {
  if (feed.lastAt === null) return false
  const { source, kind } = feed
  const { rhythm, rows, past } = await learned(db, feed, calendar, now)
  const hours = rows.map(hourOf)
  const running = feed.open.find(({ to }) => to === null)
  // What is thin, late or of another mix is judged by its own hours, to see when it is over; silence by what came last.
  const known = past
    .filter(({ id, reason }) => id !== running?.id || reason === 'silent')
    .map((one) => spanOf(one, now))
  const recent = hours.filter(({ at }) => at >= now - 24 * hourLength)
  const judged = judgeFeed(rhythm, recent, wellUntil(feed.lastAt, past), now, known)
  if (judged.state === 'disturbed' && running === undefined) {
    const { reason, expected } = judged
    return (await openDisturbance(db, { source, kind, reason, from: new Date(judged.from), expected })) !== null
  }
  let changed = false
  if (
    running !== undefined &&
    (judged.state === 'well' || (judged.state === 'unlearned' && sends(running, feed.lastAt, now)))
  ) {
    const to = endOf(running, rows, now)
    const expected = expectedIn(rhythm, { from: running.from.getTime(), to: to.getTime() }) ?? running.expected
    await endDisturbance(db, running.id, to, expected)
    changed = true
  }
  for (const one of feed.open) {
    if (one.to !== null && hasComeIn(rhythm, one, one.to, rows))
      changed = (await repairDisturbance(db, one.id)) || changed
  }
  return changed
}

/** Up to when nothing is missing of a source: its last result, or the end of what somebody settled after it. */
function wellUntil(lastAt: Date, past: readonly DisturbanceRow[]): number {
  const settled = past.flatMap(({ settledBy, to }) => (settledBy === null || to === null ? [] : [to.getTime()]))
  return Math.max(lastAt.getTime(), ...settled)
}

async function learned(db: Queryable, { source, kind }: Feed, calendar: Calendar, now: number) {
  const from = now - weeksLearned * week
  const rows = await hoursOf(db, source, kind, new Date(from))
  const past = await pastDisturbances(db, source, kind, new Date(from))
  // The hours that are judged must not teach what is usual.
  const span = { from, to: now - 6 * hourLength }
  const away = past.map((one) => spanOf(one, now))
  return { rhythm: learn(rows.map(hourOf), span, calendar, away), rows, past }
}

const spanOf = ({ from, to }: DisturbanceRow, now: number): Span => ({ from: from.getTime(), to: to?.getTime() ?? now })

/** Whether it is known how a source usually sends; until then nobody notices its silence. */
export async function isRhythmKnown(db: Queryable, feed: Feed, now: Date): Promise<boolean> {
  const { rhythm } = await learned(db, feed, calendarOf(feed.source), now.getTime())
  return rhythm.expected.some((one) => one !== null)
}

/**
 * Whether a disturbed source sends. Of one disturbed for so long that nobody knows any more how it usually sends, that is all
 * there is to go by; and while the disturbance is not ended its hours teach nothing. Results that come during a silence end it
 * whenever they came; where results never stopped, those of the last day say that it still sends.
 */
const sends = ({ reason, from }: DisturbanceRow, lastAt: Date, now: number): boolean =>
  lastAt > from && (reason === 'silent' || lastAt.getTime() >= now - 24 * hourLength)

/** A silence ends with the first result after it, another disturbance when it is seen to be over. */
function endOf({ reason, from }: DisturbanceRow, rows: readonly HourRow[], now: number): Date {
  if (reason !== 'silent') return new Date(now)
  const first = rows.find(({ results, lastAt }) => results > 0 && lastAt !== null && lastAt > from)
  return first === undefined ? new Date(now) : new Date(Math.max(first.hour.getTime(), from.getTime() + 1))
}

function hasComeIn(rhythm: Rhythm, { from }: DisturbanceRow, to: Date, rows: readonly HourRow[]): boolean {
  const span = { from: from.getTime(), to: to.getTime() }
  const whole = wholeHours(span)
  const released = rows
    .filter(({ hour }) => hour.getTime() >= whole.from && hour.getTime() < whole.to)
    .reduce((sum, row) => sum + row.released, 0)
  return isRepaired(rhythm, span, released)
}

const hourOf = ({ hour, ...rest }: HourRow): Hour => ({ ...rest, at: hour.getTime() })

type Feed = Pick<FeedFacts, 'source' | 'kind'>

/** A source with what may still be missing from it. */
export interface FeedFacts {
  readonly source: string
  readonly kind: 'lab' | 'practice'
  readonly lastAt: Date | null
  readonly open: readonly DisturbanceRow[]
}

/** Every source that ever sent, with its open disturbances. */
export async function feedFacts(db: Queryable): Promise<FeedFacts[]> {
  const open = await openDisturbances(db)
  return (await knownFeeds(db)).map((feed) => ({
    ...feed,
    open: open.filter((one) => one.source === feed.source && one.kind === feed.kind),
  }))
}
