import type { Queryable } from './connect.ts'

/** What is owed and not acknowledged, of one form kind to one destination. */
export interface BacklogRow {
  readonly destination: string
  readonly service: string
  readonly formKind: string
  readonly count: number
  /** Of these: waiting for another delivery first. */
  readonly blocked: number
  readonly urgent: number
  /** Became owed in the last minute. */
  readonly fresh: number
  readonly oldest: Date | null
  /** Settled in the last minute. */
  readonly acknowledged: number
  readonly refused: number
  readonly failed: number
}

/** One row per destination and form kind with anything open or any answer in the last minute. */
export async function backlogRows(db: Queryable): Promise<BacklogRow[]> {
  const { rows } = await db.query<BacklogRow>({
    name: 'backlog-rows',
    text: `with owed as (
        select destination, form_kind, min(service) as service, count(*) as count,
          count(*) filter (where state = 'blocked') as blocked, count(*) filter (where urgent) as urgent,
          count(*) filter (where owed_at > now() - interval '1 minute') as fresh, min(received_at) as oldest
        from delivery where state in ('blocked', 'waiting', 'unknown', 'pending') group by 1, 2
      ), answered as (
        select destination, form_kind, sum(acknowledged) as acknowledged, sum(refused) as refused, sum(failed) as failed
        from delivery_rate where at > now() - interval '1 minute' group by 1, 2
      )
      select destination, coalesce(o.service, '') as service, form_kind as "formKind", coalesce(o.count, 0) as count,
        coalesce(o.blocked, 0) as blocked, coalesce(o.urgent, 0) as urgent, coalesce(o.fresh, 0) as fresh, o.oldest,
        coalesce(a.acknowledged, 0) as acknowledged, coalesce(a.refused, 0) as refused, coalesce(a.failed, 0) as failed
      from owed o full join answered a using (destination, form_kind) order by destination, form_kind`,
  })
  return rows
}
