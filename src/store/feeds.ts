import type { Queryable } from './connect.ts'
import type { FeedKind } from './feed-hours.ts'

export type DisturbanceReason = 'silent' | 'late' | 'thin' | 'changed-mix' | 'backlog'

/** A stretch of time in which a source did not send as usual. */
export interface DisturbanceRow {
  readonly id: number
  readonly source: string
  readonly kind: FeedKind
  readonly reason: DisturbanceReason
  readonly from: Date
  /** null while it lasts. */
  readonly to: Date | null
  /** Up to when everything has come in after all. */
  readonly repairedUntil: Date | null
  /** Results that were to be expected in it. */
  readonly expected: number
  readonly settledBy: string | null
}

const columns = `id, source, kind, reason, from_at as "from", to_at as "to", repaired_until as "repairedUntil", expected,
  settled_by as "settledBy"`

/** Those that run, and those after which something is still missing. */
export async function openDisturbances(db: Queryable): Promise<DisturbanceRow[]> {
  const { rows } = await db.query<DisturbanceRow>({
    name: 'open-disturbances',
    text: `select ${columns} from feed_disturbance where to_at is null or repaired_until is null order by from_at, id`,
  })
  return rows
}

/** The disturbances of one source that reach past a moment. */
export async function pastDisturbances(
  db: Queryable,
  source: string,
  kind: FeedKind,
  after: Date,
): Promise<DisturbanceRow[]> {
  const { rows } = await db.query<DisturbanceRow>({
    name: 'past-disturbances',
    text: `select ${columns} from feed_disturbance
      where source = $1 and kind = $2 and coalesce(to_at, 'infinity') > $3 order by from_at`,
    values: [source, kind, after],
  })
  return rows
}

/** All that overlap a time, for a screen. */
export async function disturbancesBetween(db: Queryable, from: Date, to: Date): Promise<DisturbanceRow[]> {
  const { rows } = await db.query<DisturbanceRow>({
    text: `select ${columns} from feed_disturbance
      where from_at < $2 and coalesce(to_at, 'infinity') > $1 order by from_at, id`,
    values: [from, to],
  })
  return rows
}

/** Opens a disturbance; a source has one at a time. Returns its number, or null when one runs already. */
export async function openDisturbance(
  db: Queryable,
  one: { source: string; kind: FeedKind; reason: DisturbanceReason; from: Date; expected: number },
): Promise<number | null> {
  const { rows } = await db.query<{ id: number }>({
    text: `insert into feed_disturbance (source, kind, reason, from_at, expected) values ($1, $2, $3, $4, $5)
      on conflict (source, kind) where to_at is null do nothing returning id`,
    values: [one.source, one.kind, one.reason, one.from, one.expected],
  })
  return rows[0]?.id ?? null
}

/** Says that a disturbance ended; what is missing may still come. */
export async function endDisturbance(db: Queryable, id: number, to: Date, expected: number): Promise<void> {
  await db.query({
    text: 'update feed_disturbance set to_at = $2, expected = $3 where id = $1 and to_at is null',
    values: [id, to, expected],
  })
}

/** Says that everything of a disturbance came in after all; `settled` names who knows it when counts cannot tell. */
export async function repairDisturbance(
  db: Queryable,
  id: number,
  settled: { by: string; why: string } | null = null,
): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `update feed_disturbance set to_at = coalesce(to_at, now()), repaired_until = coalesce(to_at, now()),
        settled_by = $2, settled_why = $3
      where id = $1 and repaired_until is null`,
    values: [id, settled?.by ?? null, settled?.why ?? null],
  })
  return rowCount === 1
}

/** The sources that deliver to practices; with practice null those of the last weeks that deliver to anybody. */
export async function sourcesOfPractices(
  db: Queryable,
  practices: readonly string[],
): Promise<{ practice: string | null; kind: FeedKind; source: string }[]> {
  const { rows } = await db.query<{ practice: string | null; kind: FeedKind; source: string }>({
    name: 'sources-of-practices',
    text: `select practice, kind, source from practice_source where practice = any($1)
      union all select null, kind, source from feed_source`,
    values: [practices],
  })
  return rows
}

/** An hour of a source as it was counted. */
export interface HourRow {
  readonly hour: Date
  readonly results: number
  readonly released: number
  readonly quantities: number
  readonly withoutUnit: number
  readonly abnormal: number
  readonly timed: number
  readonly delaySeconds: number
  readonly analytes: Readonly<Record<string, number>>
  readonly lastAt: Date | null
}

/** Every source that ever sent, with the moment of its last result. */
export async function knownFeeds(db: Queryable): Promise<{ source: string; kind: FeedKind; lastAt: Date | null }[]> {
  const { rows } = await db.query<{ source: string; kind: FeedKind; lastAt: Date | null }>({
    name: 'known-feeds',
    text: `select f.source, f.kind, (select max(h.last_at) from feed_hour h
        where h.source = f.source and h.kind = f.kind) as "lastAt"
      from feed_source f order by 1, 2`,
  })
  return rows
}

/** The hours of a source from a moment on; an hour without anything has no row. */
export async function hoursOf(db: Queryable, source: string, kind: FeedKind, from: Date): Promise<HourRow[]> {
  const { rows } = await db.query<HourRow>({
    name: 'hours-of-feed',
    text: `select hour, results, released, quantities, without_unit as "withoutUnit", abnormal, timed,
        delay_seconds as "delaySeconds", analytes, last_at as "lastAt"
      from feed_hour where source = $1 and kind = $2 and hour >= $3 order by hour`,
    values: [source, kind, from],
  })
  return rows
}
