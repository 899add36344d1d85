import { hourOfWeek, type Calendar } from './calendar.ts'

/** What a source sent in one hour; `at` is the start of the hour in milliseconds since 1970. */
export interface Hour {
  readonly at: number
  readonly results: number
  readonly timed: number
  readonly delaySeconds: number
  readonly withoutUnit: number
  readonly quantities: number
  readonly abnormal: number
  readonly analytes: Readonly<Record<string, number>>
}

/** How a source usually sends, learned from weeks of hours. */
export interface Rhythm {
  readonly calendar: Calendar
  /** Results to expect in each hour of the week; null for an hour seen too seldom. */
  readonly expected: readonly (number | null)[]
  /** Variance over mean of the counts, at least 1: results come in batches, so silence weighs less than for single events. */
  readonly dispersion: number
  /** Seconds from release to arrival; null when the source does not say. */
  readonly delay: number | null
  /** Shares of all results. */
  readonly analytes: Readonly<Record<string, number>>
  readonly withoutUnit: number | null
  readonly abnormal: number | null
}

export interface Span {
  readonly from: number
  readonly to: number
}

const hourLength = 3_600_000
const weeksNeeded = 3
/** exp(-9.2) is 1 in 10,000: so seldom is a healthy source silent for so long. */
const silence = 9.2

/**
 * Learns a rhythm from the hours between two moments (an hour that is missing had no results). Hours of known disturbances
 * teach nothing. The highest and the lowest of an hour of the week are left out once there are five, so that one odd week
 * does not bend it.
 *
 * @example learn(hours, { from, to }, loadCalendar('be'), []).expected[9] // results to expect on a Monday from 9 to 10
 */
export function learn(hours: readonly Hour[], span: Span, calendar: Calendar, disturbed: readonly Span[]): Rhythm {
  const first = hours.find(({ results }) => results > 0)?.at ?? span.to
  const known = new Map(hours.map((hour) => [hour.at, hour]))
  const counts: number[][] = Array.from({ length: 168 }, () => [])
  const taught: Hour[] = []
  for (
    let at = Math.max(Math.ceil(span.from / hourLength) * hourLength, first);
    at + hourLength <= span.to;
    at += hourLength
  ) {
    if (disturbed.some((one) => one.from < at + hourLength && one.to > at)) continue
    const hour = known.get(at)
    counts[hourOfWeek(calendar, at)]?.push(hour?.results ?? 0)
    if (hour !== undefined) taught.push(hour)
  }
  const expected = counts.map((list) => (list.length < weeksNeeded ? null : middleMean(list)))
  return { calendar, expected, dispersion: dispersionOf(counts), ...mixOf(taught) }
}

function middleMean(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b)
  const middle = sorted.length >= 5 ? sorted.slice(1, -1) : sorted
  return middle.reduce((sum, one) => sum + one, 0) / middle.length
}

/** Pooled over all hours of the week that have something to say. */
function dispersionOf(counts: readonly (readonly number[])[]): number {
  let weighed = 0
  let freedom = 0
  for (const list of counts) {
    const mean = list.reduce((sum, one) => sum + one, 0) / (list.length || 1)
    if (list.length < weeksNeeded || mean < 1) continue
    weighed += list.reduce((sum, one) => sum + (one - mean) ** 2 / mean, 0)
    freedom += list.length - 1
  }
  return freedom === 0 ? 1 : Math.min(50, Math.max(1, weighed / freedom))
}

type Mix = Pick<Rhythm, 'delay' | 'analytes' | 'withoutUnit' | 'abnormal'>

/** Shares are said of enough results only. */
const enoughForShares = 300

function mixOf(hours: readonly Hour[]): Mix {
  const sum = summed(hours)
  const isEnough = sum.results >= enoughForShares
  return {
    delay: sum.timed < 50 ? null : sum.delaySeconds / sum.timed,
    withoutUnit: isEnough && sum.quantities > 0 ? sum.withoutUnit / sum.quantities : null,
    abnormal: isEnough ? sum.abnormal / sum.results : null,
    analytes: isEnough
      ? Object.fromEntries(Object.entries(sum.analytes).map(([name, count]) => [name, count / sum.results]))
      : {},
  }
}

function summed(hours: readonly Hour[]): Omit<Hour, 'at'> {
  const sum = { results: 0, timed: 0, delaySeconds: 0, withoutUnit: 0, quantities: 0, abnormal: 0 }
  const analytes: Record<string, number> = {}
  for (const hour of hours) {
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += hour[name]
    for (const [name, count] of Object.entries(hour.analytes)) analytes[name] = (analytes[name] ?? 0) + count
  }
  return { ...sum, analytes }
}

/** Results to expect between two moments; null when a part of it was never learned. Parts of an hour count in proportion. */
export function expectedIn({ expected, calendar }: Rhythm, { from, to }: Span): number | null {
  let sum = 0
  for (let at = Math.floor(from / hourLength) * hourLength; at < to; at += hourLength) {
    const usual = expected[hourOfWeek(calendar, at)]
    if (usual == null) return null
    sum += (usual * (Math.min(at + hourLength, to) - Math.max(at, from))) / hourLength
  }
  return sum
}

export type Judgement =
  | { readonly state: 'well' }
  /** Seen for too short to say anything. */
  | { readonly state: 'unlearned' }
  | {
      readonly state: 'disturbed'
      readonly reason: 'silent' | 'late' | 'thin' | 'changed-mix'
      readonly from: number
      readonly expected: number
    }

/**
 * Whether a source sends as usual at a moment. `recent` are the hours of the last day, `lastAt` the arrival of its last
 * result, or a later moment up to which nothing is missing. Hours of a disturbance that is known already (`known`) are not held against it again. The first that holds is told:
 * silent, late, thin, changed mix.
 */
export function judgeFeed(
  rhythm: Rhythm,
  recent: readonly Hour[],
  lastAt: number,
  now: number,
  known: readonly Span[] = [],
): Judgement {
  // A source that was gone for longer than this is silent whatever it usually did.
  const since = Math.max(lastAt, now - 21 * 24 * hourLength)
  const missed = expectedIn(rhythm, { from: since, to: now })
  if (missed === null) return { state: 'unlearned' }
  if (missed / rhythm.dispersion >= silence)
    return { state: 'disturbed', reason: 'silent', from: lastAt, expected: missed }
  const short = windowOf(rhythm, recent, now, 3, known)
  const long = windowOf(rhythm, recent, now, 6, known)
  return lateness(rhythm, short, now) ?? thinness(rhythm, short) ?? otherMix(rhythm, long) ?? { state: 'well' }
}

interface Window {
  readonly from: number
  /** What came, and what was to be expected. */
  readonly sum: Omit<Hour, 'at'>
  readonly usual: number | null
}

/** The last whole hours, those of known disturbances left out. */
function windowOf(
  rhythm: Rhythm,
  recent: readonly Hour[],
  now: number,
  length: number,
  known: readonly Span[],
): Window {
  const to = Math.floor(now / hourLength) * hourLength
  const starts = Array.from({ length }, (_, back) => to - (length - back) * hourLength).filter(
    (at) => !known.some((one) => one.from < at + hourLength && one.to > at),
  )
  const usual = starts.map((from) => expectedIn(rhythm, { from, to: from + hourLength }))
  return {
    from: starts[0] ?? to,
    sum: summed(recent.filter(({ at }) => starts.includes(at))),
    usual: usual.reduce((sum, one) => (sum === null || one === null ? null : sum + one), 0),
  }
}

function lateness(rhythm: Rhythm, { sum, usual }: Window, now: number): Judgement | null {
  if (rhythm.delay === null || sum.timed < 20) return null
  const delay = sum.delaySeconds / sum.timed
  if (delay < Math.max(rhythm.delay * 4, rhythm.delay + 7_200)) return null
  return { state: 'disturbed', reason: 'late', from: now - delay * 1_000, expected: usual ?? 0 }
}

function thinness({ dispersion }: Rhythm, { sum, usual, from }: Window): Judgement | null {
  if (usual === null || usual < 20) return null
  const gap = (usual - sum.results) / Math.sqrt(dispersion * usual)
  if (sum.results >= usual / 2 || gap < 5) return null
  return { state: 'disturbed', reason: 'thin', from, expected: usual }
}

/** A kind of result that hardly comes any more (an analyser is down), or other content than before (a setting changed). */
function otherMix(rhythm: Rhythm, { sum, usual, from }: Window): Judgement | null {
  if (sum.results < 60) return null
  const gone = Object.entries(rhythm.analytes).some(([name, share]) => {
    const expected = share * sum.results
    const came = sum.analytes[name] ?? 0
    const gap = (expected - came) / Math.sqrt(rhythm.dispersion * expected)
    return share >= 0.05 && expected >= 15 && came < expected / 4 && gap >= 3
  })
  const other =
    differs(rhythm.abnormal, sum.abnormal, sum.results) || differs(rhythm.withoutUnit, sum.withoutUnit, sum.quantities)
  if (!gone && !other) return null
  return { state: 'disturbed', reason: 'changed-mix', from, expected: usual ?? 0 }
}

function differs(usual: number | null, count: number, of: number): boolean {
  if (usual === null || of < 60) return false
  const share = count / of
  const spread = Math.sqrt(Math.max(usual * (1 - usual), 0.01) / of)
  return Math.abs(share - usual) > 0.3 && Math.abs(share - usual) / spread > 6
}

/**
 * Whether what a source released during a disturbance has come in: as much as usual, as near as its own spread allows.
 * `released` counts the whole hours the disturbance touches.
 */
export function isRepaired(rhythm: Rhythm, disturbance: Span, released: number): boolean {
  const usual = expectedIn(rhythm, wholeHours(disturbance))
  if (usual === null) return false
  return released >= usual * 0.8 || usual - released <= 2 * Math.sqrt(rhythm.dispersion * usual)
}

/** The whole hours a span touches. */
export function wholeHours({ from, to }: Span): Span {
  return { from: Math.floor(from / hourLength) * hourLength, to: Math.ceil(to / hourLength) * hourLength }
}
