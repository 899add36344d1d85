import type { Queryable } from './connect.ts'
import { changesLine } from './tables-changes.ts'

/** The highest number of an activation; 0 before the first. Read before what is judged under it. */
export async function newestActivation(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ id: number }>({
    name: 'newest-activation',
    text: 'select coalesce(max(id), 0) as id from activation',
  })
  return rows[0]!.id
}

/** An activation whose patients are not all marked yet, and how far that has come. */
export interface OpenActivation {
  readonly activation: number
  readonly patient: Buffer
}

/** The oldest activation that monitors have not followed yet; null when they follow all. */
export async function openActivation(db: Queryable): Promise<OpenActivation | null> {
  const { rows } = await db.query<OpenActivation>({
    name: 'open-activation',
    text: `select a.id as activation, coalesce(c.patient, ''::bytea) as patient
      from activation a left join care_activation c on c.activation = a.id
      where c.done_at is null order by a.id limit 1`,
  })
  return rows[0] ?? null
}

/** Notes that the patients up to and with `patient` are marked, or that all are. */
export async function noteActivation(
  tx: Queryable,
  activation: number,
  patient: Buffer,
  isDone: boolean,
): Promise<void> {
  await tx.query({
    text: `insert into care_activation (activation, patient, done_at) values ($1, $2, case when $3 then now() end)
      on conflict (activation) do update set patient = excluded.patient, done_at = coalesce(care_activation.done_at, excluded.done_at)`,
    values: [activation, patient, isDone],
  })
}

/**
 * Of patients those whose evidence an activation touches that monitors have not followed yet, with its number: a record of
 * theirs is withheld, or could not be judged, by a rule that began or ceased to count with it, or means something else by the
 * tables that came with it.
 */
export async function touchedByOpenActivation(
  db: Queryable,
  patients: readonly Buffer[],
): Promise<{ patient: Buffer; activation: number }[]> {
  const { rows } = await db.query<{ patient: Buffer; activation: number }>({
    name: 'touched-by-open-activation',
    text: `select patient, max(activation) as activation from (
        select p.patient, a.id as activation
        from activation a left join care_activation c on c.activation = a.id
        cross join unnest($1::bytea[]) as p(patient)
        where c.done_at is null and exists (
          select from activation_rule r join verdict v on v.service = 'lab' and v.rule_hash = r.rule_hash and v.patient = p.patient
          where r.activation = a.id and v.outcome in ('withhold', 'error'))
        union all
        select p.patient, t.activation from tables_change t cross join unnest($1::bytea[]) as p(patient)
        where t.done_at is null and exists (select from result n where n.patient = p.patient and ${changesLine})) touched
      group by patient`,
    values: [patients],
  })
  return rows
}

/** Patients with a record that a rule of an activation could not judge, after a patient in the order of their index. */
export async function patientsFailedBy(
  db: Queryable,
  activation: number,
  after: Buffer,
  limit: number,
): Promise<Buffer[]> {
  const { rows } = await db.query<{ patient: Buffer }>({
    name: 'patients-failed-by',
    text: `select distinct v.patient from verdict v join activation_rule r on r.rule_hash = v.rule_hash and r.activation = $1
      where v.outcome = 'error' and v.patient is not null and v.patient > $2 order by v.patient limit $3`,
    values: [activation, after, limit],
  })
  return rows.map(({ patient }) => patient)
}
