import type { Queryable } from './connect.ts'

export interface TurnedAwayCount {
  readonly day: string
  readonly node: string
  readonly senderId: number
  readonly service: string
  readonly code: string
  readonly count: number
}

/** Adds counts to those of earlier moments of the same day. */
export async function addTurnedAway(db: Queryable, counts: readonly TurnedAwayCount[]): Promise<void> {
  await db.query({
    text: `insert into turned_away (day, node, sender_id, service, code, count)
      select * from unnest($1::date[], $2::text[], $3::int[], $4::text[], $5::text[], $6::bigint[])
      on conflict (day, node, sender_id, service, code) do update set count = turned_away.count + excluded.count`,
    values: [
      counts.map((c) => c.day),
      counts.map((c) => c.node),
      counts.map((c) => c.senderId),
      counts.map((c) => c.service),
      counts.map((c) => c.code),
      counts.map((c) => c.count),
    ],
  })
}
