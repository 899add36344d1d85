import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'
import type { StoredRecord } from './records.ts'

/** A withhold verdict of any version, or a decision of a person. */
export interface Standing {
  readonly record: number
  readonly ruleHash: string
  readonly rule: string
  readonly decision: 'release' | 'confirm' | null
}

/** What stands against records already: withhold verdicts of any version, and decisions of people. */
export async function standingAgainst(
  db: Queryable,
  service: Service,
  records: readonly StoredRecord[],
): Promise<Standing[]> {
  const { rows } = await db.query<Standing>({
    name: 'standing-against',
    text: `with given as (select * from unnest($2::bigint[], $3::timestamptz[]) as g(record, received_at))
      select v.record, encode(v.rule_hash, 'hex') as "ruleHash", v.rule, null as decision
      from given g join verdict v on v.service = $1 and v.received_at = g.received_at and v.record = g.record
      where v.outcome = 'withhold'
      union all
      select o.record, '', '', o.decision from given g join override o on o.record = g.record and o.ended_at is null`,
    values: [service, records.map((r) => r.id), records.map((r) => r.receivedAt.toISOString())],
  })
  return rows
}

/** As `standingAgainst`, for all records of a range of patients: a walk over them asks for each part of the index once. */
export async function standingAgainstPatients(
  db: Queryable,
  service: Service,
  from: Buffer,
  to: Buffer,
): Promise<Standing[]> {
  const { rows } = await db.query<Standing>({
    name: 'standing-against-patients',
    text: `select v.record, encode(v.rule_hash, 'hex') as "ruleHash", v.rule, null as decision
      from verdict v where v.service = $1 and v.outcome = 'withhold' and v.patient between $2 and $3
      union all
      select o.record, '', '', o.decision from override o
      where o.service = $1 and o.patient between $2 and $3 and o.ended_at is null`,
    values: [service, from, to],
  })
  return rows
}
