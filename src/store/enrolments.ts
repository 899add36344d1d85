import { holdEnrolling, stronger } from './care-dirty.ts'
import type { Queryable } from './connect.ts'

/** A patient on a monitor of a practice; `content` is sealed. Days are `YYYY-MM-DD`, the last one included. */
export interface EnrolmentRow {
  readonly patient: Buffer
  readonly monitor: string
  readonly version: string
  readonly practice: string
  readonly fromDay: string
  readonly toDay: string | null
  readonly zone: string
  readonly content: Buffer
  readonly dataKey: number
}

const columns = `e.patient, e.monitor, e.version, e.practice, e.from_day as "fromDay", e.to_day as "toDay", e.zone, e.content,
  e.data_key as "dataKey"`

/** An enrolment that is said; one that `stays` leaves who is enrolled on the version they are on. */
export interface SaidEnrolment extends EnrolmentRow {
  readonly stays: boolean
}

/**
 * Enrols patients, or says something else of one who is enrolled. Each (patient, monitor) at most once in the list. Returns
 * the versions they are on.
 */
export async function putEnrolments(
  tx: Queryable,
  rows: readonly SaidEnrolment[],
  actor: string,
): Promise<Pick<EnrolmentRow, 'patient' | 'monitor' | 'version'>[]> {
  await holdEnrolling(tx, 'alone')
  const { rows: put } = await tx.query<Pick<EnrolmentRow, 'patient' | 'monitor' | 'version'>>({
    name: 'put-enrolments',
    text: `insert into enrolment (patient, monitor, version, practice, from_day, to_day, zone, content, data_key, actor)
      select decode(e.patient, 'hex'), e.monitor, e.version, e.practice, e.from_day, e.to_day, e.zone,
        decode(e.content, 'hex'), e.data_key, $10
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[], $7::text[], $8::text[], $9::int[])
        as e(patient, monitor, version, practice, from_day, to_day, zone, content, data_key)
      order by 1, 2
      on conflict (patient, monitor) do update set version = case
          when encode(excluded.patient, 'hex') || ' ' || excluded.monitor = any($11::text[]) then enrolment.version
          else excluded.version end, practice = excluded.practice,
        from_day = excluded.from_day, to_day = excluded.to_day, zone = excluded.zone, content = excluded.content,
        data_key = excluded.data_key, at = now(), actor = excluded.actor
      returning patient, monitor, version`,
    values: [
      rows.map((e) => e.patient.toString('hex')),
      rows.map((e) => e.monitor),
      rows.map((e) => e.version),
      rows.map((e) => e.practice),
      rows.map((e) => e.fromDay),
      rows.map((e) => e.toDay),
      rows.map((e) => e.zone),
      rows.map((e) => e.content.toString('hex')),
      rows.map((e) => e.dataKey),
      actor,
      rows.filter(({ stays }) => stays).map((e) => `${e.patient.toString('hex')} ${e.monitor}`),
    ],
  })
  return put
}

/** What patients are enrolled for, ended enrolments included. */
export async function enrolmentsOf(db: Queryable, patients: readonly Buffer[]): Promise<EnrolmentRow[]> {
  const { rows } = await db.query<EnrolmentRow>({
    name: 'enrolments-of',
    text: `select ${columns} from enrolment e where e.patient = any($1::bytea[]) order by e.patient, e.monitor`,
    values: [patients],
  })
  return rows
}

export type PracticeEnrolment = Pick<EnrolmentRow, 'patient' | 'monitor' | 'version' | 'toDay' | 'zone'>

/** Who was enrolled by a practice, ended enrolments included, without what is sealed, in the order of their index. */
export async function enrolmentsOfPractice(db: Queryable, practice: string): Promise<PracticeEnrolment[]> {
  const { rows } = await db.query<PracticeEnrolment>({
    name: 'enrolments-of-practice',
    text: `select patient, monitor, version, to_day as "toDay", zone from enrolment where practice = $1
      order by patient, monitor`,
    values: [practice],
  })
  return rows
}

/** Enrolled patients after a patient in the order of their index: a cursor over all. */
export async function enrolledPatientsAfter(db: Queryable, after: Buffer, limit: number): Promise<Buffer[]> {
  const { rows } = await db.query<{ patient: Buffer }>({
    name: 'enrolled-patients-after',
    text: 'select distinct patient from enrolment where patient > $1 order by patient limit $2',
    values: [after, limit],
  })
  return rows.map(({ patient }) => patient)
}

/** The patients on one monitor, of one practice or of all, after a patient in the order of their index. */
export async function enrolledOn(
  db: Queryable,
  monitor: string,
  practice: string | null,
  after: Buffer,
  limit: number,
): Promise<Buffer[]> {
  const { rows } = await db.query<{ patient: Buffer }>({
    name: 'enrolled-on',
    text: `select patient from enrolment where monitor = $1 and ($2::text is null or practice = $2) and patient > $3
      order by patient limit $4`,
    values: [monitor, practice, after, limit],
  })
  return rows.map(({ patient }) => patient)
}

/** How many are on one monitor, of one practice or of all. */
export async function countEnrolled(db: Queryable, monitor: string, practice: string | null): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    text: `select count(*)::int as count from enrolment where monitor = $1 and ($2::text is null or practice = $2)`,
    values: [monitor, practice],
  })
  return rows[0]!.count
}

/**
 * Of those on a monitor, of one practice or of all, whom a move to a version would move: how many, how many of them a move
 * before did not move there, and how many are not on its version.
 */
export async function countLeaving(
  tx: Queryable,
  monitor: string,
  version: string,
  practice: string | null,
  moveBefore: number,
): Promise<{ count: number; others: number; elsewhere: number }> {
  const { rows } = await tx.query<{ count: number; others: number; elsewhere: number }>({
    // A move and those it moved bear the moment of one transaction.
    text: `select count(*)::int as count, (count(*) filter (where e.version <> m.version or e.at <> m.at))::int as others,
        (count(*) filter (where e.version <> m.version))::int as elsewhere
      from enrolment e, monitor_move m
      where e.monitor = $1 and e.version <> $2 and ($3::text is null or e.practice = $3) and m.id = $4`,
    values: [monitor, version, practice, moveBefore],
  })
  return rows[0]!
}

/**
 * Marks the items of enrolments whose version has other items or another content of them; with hash null an item whatever it
 * was judged by. Returns how many.
 */
export async function markOutdated(
  tx: Queryable,
  items: readonly { monitor: string; version: string; item: string; hash: string | null }[],
): Promise<number> {
  const { rowCount } = await tx.query({
    text: `insert into dirty (patient, monitor, item, cause, received_at)
      select e.patient, e.monitor, n.item, 'definition', now()
      from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as n(monitor, version, item, hash)
      join enrolment e on e.monitor = n.monitor and e.version = n.version
      left join item_state i on i.patient = e.patient and i.monitor = e.monitor and i.item = n.item
      where n.hash is null or i.item_hash is distinct from n.hash
      order by 1, 2, 3 on conflict (patient, monitor, item) do update
        set cause = ${stronger}, due_at = least(dirty.due_at, now())`,
    values: [
      items.map((n) => n.monitor),
      items.map((n) => n.version),
      items.map((n) => n.item),
      items.map((n) => n.hash),
    ],
  })
  return rowCount ?? 0
}

/** Moves enrolments to another version of their monitor; of one practice or, with null, of all. Returns how many. */
export async function moveEnrolments(
  tx: Queryable,
  monitor: string,
  version: string,
  practice: string | null,
  actor: string,
): Promise<number> {
  const { rowCount } = await tx.query({
    text: `update enrolment set version = $2, at = now(), actor = $4
      where monitor = $1 and version <> $2 and ($3::text is null or practice = $3)`,
    values: [monitor, version, practice, actor],
  })
  return rowCount ?? 0
}

/** Notes the sources that deliver to a practice; those known already cost nothing. */
export async function addPracticeSources(
  tx: Queryable,
  sources: readonly { practice: string; kind: 'lab' | 'practice'; source: string }[],
): Promise<void> {
  if (sources.length === 0) return
  await tx.query({
    name: 'add-practice-sources',
    text: `insert into practice_source (practice, kind, source)
      select * from unnest($1::text[], $2::text[], $3::text[]) order by 1, 2, 3 on conflict do nothing`,
    values: [sources.map((s) => s.practice), sources.map((s) => s.kind), sources.map((s) => s.source)],
  })
}
