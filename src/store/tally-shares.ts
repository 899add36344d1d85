import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'

/** How many were refused for one reason, and of how many. */
export interface Share {
  readonly refused: number
  readonly of: number
}

/**
 * Refusals for one code: of records of a form kind by the hub, of messages nobody can read, or of deliveries by a
 * destination. `formKind` and `destination` are empty where they do not apply.
 */
export interface RefusalShares {
  readonly service: Service
  readonly formKind: string
  readonly destination: string
  readonly code: string
  readonly thisHour: Share
  readonly lastHour: Share
  readonly weekBefore: Share
}

/**
 * The codes with at least `least` refusals in the hour of `now` or the one before, beside what is usual: the shares of the
 * seven days before these two hours.
 */
export async function refusalShares(db: Queryable, now: Date, least: number): Promise<RefusalShares[]> {
  const { rows } = await db.query<RefusalShares>({
    name: 'refusal-shares',
    text: `with hour as (select date_trunc('hour', $1::timestamptz) as this), counted as (
        select service, form_kind, destination, what, code,
          coalesce(sum(count) filter (where t.hour >= this), 0)::int8 as this,
          coalesce(sum(count) filter (where t.hour < this and t.hour >= this - interval '1 hour'), 0)::int8 as last,
          coalesce(sum(count) filter (where t.hour < this - interval '1 hour'), 0)::int8 as before
        from hour, tally t where t.hour >= this - interval '169 hours' group by 1, 2, 3, 4, 5
      ), whole as (
        select service, form_kind, destination, sum(this)::int8 as this, sum(last)::int8 as last, sum(before)::int8 as before
        from counted where what <> 'refusal' and what <> 'unreadable' group by 1, 2, 3
        union all
        select service, '', '', sum(this)::int8, sum(last)::int8, sum(before)::int8 from counted
        where what in ('record-read', 'record-refused', 'unreadable') group by 1
      )
      select service, form_kind as "formKind", destination, code,
        json_build_object('refused', c.this, 'of', w.this) as "thisHour",
        json_build_object('refused', c.last, 'of', w.last) as "lastHour",
        json_build_object('refused', c.before, 'of', w.before) as "weekBefore"
      from counted c join whole w using (service, form_kind, destination)
      where c.what in ('refusal', 'unreadable', 'refused-by-destination') and greatest(c.this, c.last) >= $2`,
    values: [now, least],
  })
  return rows
}
