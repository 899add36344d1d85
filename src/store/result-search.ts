import type { Queryable } from './connect.ts'

/** One version of one result, from the index: nothing of it is sealed. */
export interface IndexedVersion {
  readonly patient: Buffer
  readonly record: number
  readonly receivedAt: Date
  readonly receipt: string
  readonly ordinal: number
  readonly senderId: number
  readonly sender: string
  /** System and code as sent, `system|code`. */
  readonly code: string
  readonly loinc: string | null
  readonly key: string
  readonly status: string
  readonly collectedAt: Date | null
  readonly resultAt: Date | null
  readonly contentSha: string
  readonly checked: boolean
}

// A record and its step to be checked are written together, and the step goes with the check: what waits is little, where
// looking for the check of each record would be one look a record.
const ofOnePatient = `i.record, i.received_at as "receivedAt", i.receipt, i.ordinal, i.sender_id as "senderId",
  coalesce(s.name, i.source) as sender, i.code, i.loinc, encode(i.result_key, 'hex') as key, i.status,
  i.collected_at as "collectedAt", i.result_at as "resultAt", encode(i.content_sha, 'hex') as "contentSha",
  i.record not in (select t.record from step t where t.stage = 'check' and t.service = 'lab') as checked`
const columns = `i.patient, ${ofOnePatient}`

/**
 * Every version of every result of a patient, newest arrival first, at most `limit`; with `codes` only those that have one
 * of them, as sent or as LOINC.
 */
export async function versionsOfPatient(
  db: Queryable,
  patient: Buffer,
  limit: number,
  codes: readonly string[] | null = null,
): Promise<IndexedVersion[]> {
  const { rows } = await db.query<Omit<IndexedVersion, 'patient'>>({
    name: 'versions-of-patient',
    text: `select ${ofOnePatient} from (select * from result where patient = $1
        and ($3::text[] is null or loinc = any($3) or substring(code from position('|' in code) + 1) = any($3))
        order by record desc limit $2) i
      left join sender s on s.id = i.sender_id order by i.record desc`,
    values: [patient, limit, codes],
  })
  return rows.map((row) => ({ patient, ...row }))
}

/** Every version of some results by their keys, newest arrival first; empty when nobody has them. */
export async function versionsOfResults(db: Queryable, keys: readonly string[]): Promise<IndexedVersion[]> {
  const { rows } = await db.query<IndexedVersion>({
    name: 'versions-of-results',
    text: `select ${columns} from result i left join sender s on s.id = i.sender_id
      where i.result_key = any($1::bytea[]) order by i.record desc`,
    values: [keys.map((key) => Buffer.from(key, 'hex'))],
  })
  return rows
}

/** What one message said, by its receipt number, in its order. */
export async function versionsOfReceipt(db: Queryable, receipt: string, prefix: string): Promise<IndexedVersion[]> {
  const { rows } = await db.query<IndexedVersion>({
    name: 'versions-of-receipt',
    text: `select ${columns} from message_key k
      join record r on r.service = k.service and r.received_at = k.received_at and r.message = k.message
      join result i on i.record = r.id
      left join sender s on s.id = i.sender_id
      where k.prefix = $1 and k.receipt = $2 order by i.ordinal`,
    values: [prefix, receipt],
  })
  return rows
}

/** The sealed content of a record. */
export interface SealedRecord {
  readonly record: number
  readonly content: Buffer
  readonly dataKey: number
}

export async function contentsOf(
  db: Queryable,
  records: readonly { readonly record: number; readonly receivedAt: Date }[],
): Promise<Map<number, SealedRecord>> {
  if (records.length === 0) return new Map()
  const { rows } = await db.query<SealedRecord>({
    name: 'contents-of-results',
    text: `select r.id as record, r.content, r.data_key as "dataKey"
      from unnest($1::bigint[], $2::timestamptz[]) as u(record, received_at)
      join record r on r.service = 'lab' and r.received_at = u.received_at and r.id = u.record`,
    values: [records.map((r) => r.record), records.map((r) => r.receivedAt.toISOString())],
  })
  return new Map(rows.map((row) => [row.record, row]))
}

/** Why one record is withheld now; `rule` and `pack` are empty and `setting` null where a person withholds. */
export interface WithheldReason {
  readonly record: number
  readonly pack: string
  readonly setting: number | null
  readonly rule: string
  readonly activation: number | null
  readonly since: Date
}

/** Why each record of a patient that is withheld now is; one reason a record. */
export async function reasonsOfPatient(db: Queryable, patient: Buffer): Promise<Map<number, WithheldReason>> {
  const { rows } = await db.query<WithheldReason>({
    name: 'withheld-reasons',
    text: `select distinct on (w.record) w.record, w.pack, w.setting, w.rule, w.activation, w.since
      from withheld w where w.patient = $1 and w.service = 'lab' order by w.record, w.since, w.pack, w.rule`,
    values: [patient],
  })
  return new Map(rows.map((row) => [row.record, row]))
}

/** Patients who have results under a birth date with a family name, in the order of their index, at most `limit`. */
export async function patientsNamed(db: Queryable, named: Buffer, limit: number): Promise<Buffer[]> {
  const { rows } = await db.query<{ patient: Buffer }>({
    name: 'patients-named',
    text: 'select distinct patient from result where named = $1 order by patient limit $2',
    values: [named, limit],
  })
  return rows.map(({ patient }) => patient)
}
