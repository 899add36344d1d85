import type { Queryable } from './connect.ts'

/** Whose stream it is: by the kind of the sender, a practice's own measurements or a laboratory's results. */
export type FeedKind = 'lab' | 'practice'

/** What one batch adds to an hour of a source. */
export interface HourCount {
  readonly source: string
  readonly senderId: number
  readonly hour: Date
  /** Arrived in this hour. */
  readonly results: number
  /** Released in this hour, whenever it arrived. */
  readonly released: number
  readonly quantities: number
  readonly withoutUnit: number
  readonly abnormal: number
  /** Results that say when they were released, a few days ago at most, and the seconds until they arrived, summed. */
  readonly timed: number
  readonly delaySeconds: number
  readonly analytes: Readonly<Record<string, number>>
  readonly lastAt: Date | null
}

/** Adds a batch to the hours of its sources; each hour of a source at most once in the batch. */
export async function addHours(tx: Queryable, hours: readonly HourCount[]): Promise<void> {
  if (hours.length === 0) return
  await tx.query({
    name: 'add-feed-hours',
    text: `with known as (
        insert into feed_source (source, kind)
        select distinct n.source, case when s.kind = 'practice' then 'practice' else 'lab' end
        from unnest($1::text[], $2::int[]) as n(source, sender_id) left join sender s on s.id = n.sender_id
        where not exists (select from feed_source f where f.source = n.source)
        order by 1, 2 on conflict do nothing)
      insert into feed_hour as f (source, kind, hour, results, released, quantities, without_unit, abnormal, timed,
        delay_seconds, analytes, last_at)
      select h.source, case when s.kind = 'practice' then 'practice' else 'lab' end, h.hour, h.results, h.released,
        h.quantities, h.without_unit, h.abnormal, h.timed, h.delay_seconds, h.analytes, h.last_at
      from unnest($1::text[], $2::int[], $3::timestamptz[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[],
        $10::bigint[], $11::jsonb[], $12::timestamptz[]) as h(source, sender_id, hour, results, released, quantities,
        without_unit, abnormal, timed, delay_seconds, analytes, last_at)
      left join sender s on s.id = h.sender_id
      order by 1, 2, 3
      on conflict (source, kind, hour) do update set results = f.results + excluded.results,
        released = f.released + excluded.released, quantities = f.quantities + excluded.quantities,
        without_unit = f.without_unit + excluded.without_unit, abnormal = f.abnormal + excluded.abnormal,
        timed = f.timed + excluded.timed, delay_seconds = f.delay_seconds + excluded.delay_seconds,
        last_at = greatest(f.last_at, excluded.last_at),
        analytes = (select coalesce(jsonb_object_agg(key, n), '{}') from (
          select key, sum(value::int) as n from (
            select * from jsonb_each_text(f.analytes) union all select * from jsonb_each_text(excluded.analytes)) both_of
          group by key) summed)`,
    values: [
      hours.map((h) => h.source),
      hours.map((h) => h.senderId),
      hours.map((h) => h.hour.toISOString()),
      hours.map((h) => h.results),
      hours.map((h) => h.released),
      hours.map((h) => h.quantities),
      hours.map((h) => h.withoutUnit),
      hours.map((h) => h.abnormal),
      hours.map((h) => h.timed),
      hours.map((h) => h.delaySeconds),
      hours.map((h) => JSON.stringify(h.analytes)),
      hours.map((h) => h.lastAt?.toISOString() ?? null),
    ],
  })
}
