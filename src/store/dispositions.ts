import type { Queryable } from './connect.ts'

/** What the checks that count now made of a record, when it was not simply passed. */
export interface DispositionRow {
  readonly record: number
  readonly outcome: 'withhold' | 'error' | 'flag'
  readonly rule: string
  readonly activation: number | null
  readonly since: Date
}

/** The verdicts of active rules on laboratory records, human overrides taken into account. Records that passed give none. */
export async function dispositionsOf(
  db: Queryable,
  records: readonly { readonly record: number; readonly receivedAt: Date }[],
): Promise<DispositionRow[]> {
  if (records.length === 0) return []
  const { rows } = await db.query<DispositionRow>({
    name: 'dispositions-of',
    text: `with given as (select * from unnest($1::bigint[], $2::timestamptz[]) as g(record, received_at))
      select w.record, 'withhold' as outcome, coalesce(nullif(w.rule, ''), 'override') as rule, w.activation, w.since
      -- "offset 0" keeps the look-up in the view row by row: joined plainly it reads everything that is withheld.
      from given g cross join lateral (select * from withheld v
        where v.service = 'lab' and v.received_at = g.received_at and v.record = g.record offset 0) w
      union all
      select v.record, v.outcome, v.rule, a.activation, greatest(a.since, v.at)
      from given g
      join verdict v on v.service = 'lab' and v.received_at = g.received_at and v.record = g.record
      join active_rule a on a.rule_hash = v.rule_hash
        and (a.sender_id = v.sender_id or (a.sender_id = 0 and v.sender_id <> all (a.except_senders)))
      where v.outcome <> 'withhold'`,
    values: [records.map((r) => r.record), records.map((r) => r.receivedAt.toISOString())],
  })
  return rows
}
