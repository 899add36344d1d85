import type { Queryable } from './connect.ts'
import type { PauseScope } from './pauses.ts'

const scope = 'what, destination, service, form_kind as "formKind"'

/** Something that began or ended, from the rows that keep who and why. */
export interface EventRow {
  readonly id: string
  readonly at: Date
  readonly what:
    | 'alert-began'
    | 'alert-ended'
    | 'paused'
    | 'resumed'
    | 'intake-closed'
    | 'intake-open'
    | 'replay-started'
    | 'replay-done'
    | 'marked-urgent'
  /** Kind of the alert; empty for others. */
  readonly kind: string
  readonly destination: string | null
  readonly service: string | null
  readonly formKind: string | null
  /** Node or service of an alert, number of a replay, receipt of an urgent message. */
  readonly scope: string | null
  readonly by: string | null
  readonly reason: string | null
  /** Since when it is so, where that is longer than the event: the pause behind an alert. */
  readonly since: string | null
}

/**
 * The newest events of the hub, newest first. Each source gives its last few by its own index. Up to half of them are what
 * began and is not over, however long ago: a destination that is down is not forgotten for what came after.
 */
export async function latestEvents(db: Queryable, limit: number): Promise<EventRow[]> {
  const { rows } = await db.query<EventRow>({
    name: 'latest-events',
    text: `with a as (
          select * from alert where ended_at is null
          union all (select * from alert where ended_at is not null order by id desc limit 100)
        ), p as (
          select * from pause where ended_at is null
          union all (select * from pause where ended_at is not null order by id desc limit 100)
        ), r as (select * from replay order by id desc limit 50),
        u as (select * from urgent_mark order by at desc limit $1),
        e as (
          select 'a' || id as id, since as at, 'alert-began' as what, kind, null as destination, null as service,
            null as "formKind", scope,
            case kind when 'paused-late' then detail ->> 'by' end as by,
            case kind when 'paused-late' then detail ->> 'reason' end as reason,
            case kind when 'paused-late' then detail ->> 'since' end as "since", ended_at is null as runs from a
          union all select 'A' || id, ended_at, 'alert-ended', kind, null, null, null, scope, null, null, null, false from a
            where ended_at is not null
          union all select 'p' || id, since, case what when 'intake' then 'intake-closed' else 'paused' end, '', destination,
            service, form_kind, null, owner, reason, null, ended_at is null from p
          union all select 'P' || id, ended_at, case what when 'intake' then 'intake-open' else 'resumed' end, '', destination,
            service, form_kind, null, ended_by, ended_reason, null, false from p where ended_at is not null
          union all select 'r' || id, created_at, 'replay-started', '', destination, null, null, id::text, owner, reason,
            null, false from r
          union all select 'R' || id, ended_at, 'replay-done', '', destination, null, null, id::text, null, null, null, false
            from r where ended_at is not null
          union all select 'u' || u.message || '-' || u.record, u.at, 'marked-urgent', '', null, null, null,
            (select receipt::text from delivery d where d.message = u.message limit 1), u.owner, u.reason, null, false from u
        ), ranked as (
          -- A disturbed feed has a page of its own: it gives way to what stops the flow.
          select e.*, runs and row_number() over (order by runs desc, kind = 'feed-disturbed', at desc) <= $1 / 2 as first
          from e
        ), shown as (select * from ranked order by first desc, at desc limit $1)
      select id, at, what, kind, destination, service, "formKind", scope, by, reason, "since" from shown order by at desc`,
    values: [limit],
  })
  return rows
}

/** A pause of the past or present with its scope, for the marks of a chart. */
export interface PauseSpan extends PauseScope {
  readonly since: Date
  readonly endedAt: Date | null
  readonly reason: string
  readonly owner: string
}

/**
 * Pauses that began or ended since a moment and name this destination or none, oldest first. One that names none holds what
 * its service and form kind route there: whether that is anything, the routes know.
 */
export async function pausesSince(db: Queryable, destination: string, since: Date): Promise<PauseSpan[]> {
  const { rows } = await db.query<PauseSpan>({
    text: `select ${scope}, since, ended_at as "endedAt", reason, owner from pause
      where what = 'delivery' and (destination = $1 or destination is null) and (since >= $2 or ended_at >= $2) order by since`,
    values: [destination, since],
  })
  return rows
}

/** A pause that is over, and who ended it. */
export interface EndedPause extends PauseScope {
  readonly endedBy: string
  readonly endedAt: Date
}

/** The delivery pause of this number, or the newest pause of exactly this scope, when it is over; else null. */
export async function lastEnded(db: Queryable, wanted: number | PauseScope): Promise<EndedPause | null> {
  const [id, of] = typeof wanted === 'number' ? [wanted, null] : [null, wanted]
  const { rows } = await db.query<EndedPause>({
    text: `select ${scope}, coalesce(ended_by, owner) as "endedBy", ended_at as "endedAt" from pause
      where ended_at is not null and case when $1::bigint is not null then id = $1 and what = 'delivery'
        else what = $2 and destination is not distinct from $3 and service is not distinct from $4
          and form_kind is not distinct from $5 end
      order by id desc limit 1`,
    values: [id, of?.what ?? null, of?.destination ?? null, of?.service ?? null, of?.formKind ?? null],
  })
  return rows[0] ?? null
}
