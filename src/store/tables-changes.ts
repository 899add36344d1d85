import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'
import type { PackBody } from './packs.ts'

/** A version of a pack that counts, for one sender or for all (0) but some. */
export interface CountingVersion {
  readonly pack: string
  readonly setting: number
  readonly senderId: number
  readonly exceptSenders: readonly number[]
}

/** The versions of packs of a service that count now, by pack. */
export async function countingVersions(db: Queryable, service: Service): Promise<CountingVersion[]> {
  const { rows } = await db.query<CountingVersion>({
    name: 'counting-versions',
    text: `select distinct a.pack, a.setting, a.sender_id as "senderId", a.except_senders as "exceptSenders"
      from active_rule a join setting s on s.id = a.setting
      where s.kind = 'pack' and s.body ->> 'service' = $1 order by a.pack, a.sender_id`,
    values: [service],
  })
  return rows
}

/** Files of versions of packs, by their number. */
export async function packBodies(db: Queryable, settings: readonly number[]): Promise<Map<number, PackBody>> {
  const { rows } = await db.query<{ id: number; body: PackBody }>({
    name: 'pack-bodies',
    text: 'select id, body from setting where id = any($1::bigint[])',
    values: [settings],
  })
  return new Map(rows.map(({ id, body }) => [id, body]))
}

/** Senders for which other tables count since an activation: one, or all (0) but some. */
export interface TablesChange {
  readonly senderId: number
  readonly exceptSenders: readonly number[]
}

/** Notes that the lines of these senders in the index of results were written under other tables. */
export async function insertTablesChange(
  tx: Queryable,
  activation: number,
  changes: readonly TablesChange[],
): Promise<void> {
  for (const { senderId, exceptSenders } of changes) {
    await tx.query({
      text: 'insert into tables_change (activation, sender_id, except_senders) values ($1, $2, $3)',
      values: [activation, senderId, exceptSenders],
    })
  }
}

/** A change of tables that the index of results has not followed yet, and up to which patient it has. */
export interface OpenTablesChange extends TablesChange {
  readonly activation: number
  readonly patient: Buffer
}

/** The oldest change of tables that is not followed yet; null when there is none. */
export async function openTablesChange(tx: Queryable): Promise<OpenTablesChange | null> {
  const { rows } = await tx.query<OpenTablesChange>({
    name: 'open-tables-change',
    text: `select activation, sender_id as "senderId", except_senders as "exceptSenders", patient from tables_change
      where done_at is null order by activation, sender_id limit 1`,
  })
  return rows[0] ?? null
}

/** The changes of tables that the lines of a patient in the index have not followed yet. */
export async function changesAwaited(db: Queryable, patient: Buffer): Promise<TablesChange[]> {
  const { rows } = await db.query<TablesChange>({
    name: 'tables-changes-awaited',
    text: `select t.sender_id as "senderId", t.except_senders as "exceptSenders" from tables_change t
      where t.done_at is null and t.patient < $1
        and exists (select from result n where n.patient = $1 and ${changesLine})`,
    values: [patient],
  })
  return rows
}

/** Notes that the patients up to and with `patient` are followed, or that all are. */
export async function noteTablesChange(
  tx: Queryable,
  { activation, senderId }: Pick<OpenTablesChange, 'activation' | 'senderId'>,
  patient: Buffer,
  isDone: boolean,
): Promise<void> {
  await tx.query({
    text: `update tables_change set patient = $3, done_at = case when $4 then now() end
      where activation = $1 and sender_id = $2 and done_at is null`,
    values: [activation, senderId, patient, isDone],
  })
}

/** SQL: whether a change `t` is about the results of a line `n`. */
export const changesLine = `(t.sender_id = n.sender_id or (t.sender_id = 0 and n.sender_id <> all (t.except_senders)))`

/** Patients with results that a change of tables is about, after a patient in the order of their index. */
export async function patientsOfChange(
  tx: Queryable,
  { senderId, exceptSenders, patient }: OpenTablesChange,
  limit: number,
): Promise<Buffer[]> {
  const { rows } = await tx.query<{ patient: Buffer }>({
    name: 'patients-of-tables-change',
    text: `select distinct n.patient from result n, (select $1::int as sender_id, $2::int[] as except_senders) t
      where n.patient > $3 and ${changesLine} order by n.patient limit $4`,
    values: [senderId, exceptSenders, patient, limit],
  })
  return rows.map((row) => row.patient)
}

/** What tables make of a line of the index. */
export interface LineMeaning {
  readonly loinc: string | null
  readonly analyte: string | null
  readonly terms: readonly string[]
}

/** A line of the index of results with its sealed record. */
export interface MeantLine extends LineMeaning {
  readonly patient: Buffer
  readonly record: number
  readonly receipt: string
  readonly ordinal: number
  readonly senderId: number
  readonly content: Buffer
  readonly dataKey: number
}

/** The lines of patients that a change of tables is about. */
export async function linesOfChange(
  tx: Queryable,
  { senderId, exceptSenders }: TablesChange,
  patients: readonly Buffer[],
): Promise<MeantLine[]> {
  const { rows } = await tx.query<MeantLine>({
    name: 'lines-of-tables-change',
    text: `select n.patient, n.record, n.receipt, n.ordinal, n.sender_id as "senderId", n.loinc, n.analyte, n.terms, r.content,
        r.data_key as "dataKey"
      from result n join record r on r.service = 'lab' and r.received_at = n.received_at and r.id = n.record,
        (select $1::int as sender_id, $2::int[] as except_senders) t
      where n.patient = any($3::bytea[]) and ${changesLine} order by n.patient, n.record`,
    values: [senderId, exceptSenders, patients],
  })
  return rows
}

/** Writes what lines of the index mean now. */
export async function setMeanings(
  tx: Queryable,
  lines: readonly (LineMeaning & Pick<MeantLine, 'patient' | 'record'>)[],
): Promise<void> {
  if (lines.length === 0) return
  await tx.query({
    name: 'set-meanings',
    text: `update result n set loinc = m.loinc, analyte = m.analyte,
        terms = coalesce(string_to_array(nullif(m.terms, ''), ' '), '{}')
      from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[]) as m(patient, record, loinc, analyte, terms)
      where n.patient = decode(m.patient, 'hex') and n.record = m.record`,
    values: [
      lines.map((line) => line.patient.toString('hex')),
      lines.map((line) => line.record),
      lines.map((line) => line.loinc),
      lines.map((line) => line.analyte),
      lines.map((line) => line.terms.join(' ')),
    ],
  })
}
