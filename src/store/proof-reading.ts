import type { Service } from '../formats/record.ts'
import { thorough, type Queryable } from './connect.ts'
import { withheldNow } from './visibility.ts'

/** A patient whose results of one sender are read back, and how many there are to choose from. */
export interface PatientToRead {
  readonly senderId: number
  readonly patient: Buffer
  /** Whether the undone activation withheld something of it. */
  readonly touched: boolean
  /** How many patients of this sender there are of this sort. */
  readonly of: number
}

/**
 * By sender: the patients of which an activation withheld something, at most `touched`, and others, at most `untouched`.
 * Which ones is by chance of their index, and the same each time.
 */
export async function patientsToRead(
  db: Queryable,
  of: { readonly service: Service; readonly activation: number },
  most: { readonly touched: number; readonly untouched: number },
): Promise<PatientToRead[]> {
  const { rows } = await db.query<PatientToRead>({
    ...thorough,
    text: `with touched as (
        select distinct v.sender_id, v.patient from verdict v
          join activation_rule a on a.activation = $2 and a.rule_hash = v.rule_hash
        where v.service = $1 and v.outcome = 'withhold' and v.patient is not null
      ), others as (
        select distinct i.sender_id, i.patient from result i where not exists (
          select from touched t where t.sender_id = i.sender_id and t.patient = i.patient)
      ), counted as (
        select t.*, true as touched from touched t union all select o.*, false from others o
      )
      select sender_id as "senderId", patient, touched, n as of from (
        select c.*, count(*) over w as n, row_number() over (w order by patient) as place
        from counted c window w as (partition by sender_id, touched)) c
      where place <= case when touched then $3::bigint else $4::bigint end order by sender_id, touched desc, patient`,
    values: [of.service, of.activation, most.touched, most.untouched],
  })
  return rows
}

/** A result of a patient by its key: which of its versions are withheld now. */
export interface CountedResult {
  readonly key: string
  readonly senderId: number
  readonly state: 'visible' | 'withheld' | 'mixed'
}

/** Every checked result of a patient, each version looked at by itself. */
export async function countedResults(db: Queryable, patient: Buffer): Promise<CountedResult[]> {
  const { rows } = await db.query<CountedResult>({
    name: 'counted-results',
    text: `select encode(i.result_key, 'hex') as key, min(i.sender_id) as "senderId",
        case when bool_and(i.held) then 'withheld' when bool_or(i.held) then 'mixed' else 'visible' end as state
      from (select r.*, ${withheldNow('r', 'record')} as held from (select *, 'lab' as service from result where patient = $1) r) i
      where not exists (select from step t where t.stage = 'check' and t.service = 'lab' and t.record = i.record)
      group by i.result_key`,
    values: [patient],
  })
  return rows
}
