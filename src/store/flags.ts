import type { Queryable } from './connect.ts'

/** What an active rule remarks of a record that it lets through. */
export interface FlagRow {
  readonly record: number
  readonly pack: string
  readonly setting: number
  readonly rule: string
  /** Sealed values for the text of the rule. */
  readonly evidence: Buffer | null
}

/** The remarks that count now about laboratory results, by record. */
export async function flagsOf(
  db: Queryable,
  records: readonly { readonly record: number; readonly receivedAt: Date }[],
): Promise<FlagRow[]> {
  if (records.length === 0) return []
  const { rows } = await db.query<FlagRow>({
    name: 'flags-of-records',
    text: `select v.record, a.pack, a.setting, v.rule, v.evidence
      from unnest($1::bigint[], $2::timestamptz[]) as u(record, received_at)
      join verdict v on v.service = 'lab' and v.received_at = u.received_at and v.record = u.record and v.outcome = 'flag'
      join active_rule a on a.rule_hash = v.rule_hash
        and (a.sender_id = v.sender_id or (a.sender_id = 0 and v.sender_id <> all (a.except_senders)))
      order by v.record, a.pack, v.rule`,
    values: [records.map((r) => r.record), records.map((r) => r.receivedAt.toISOString())],
  })
  return rows
}
