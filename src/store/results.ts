import type { Queryable } from './connect.ts'
import { changesLine } from './tables-changes.ts'

/** One line of the index of results, written with its record. */
export interface NewResult {
  readonly patient: Buffer
  readonly record: number
  readonly receivedAt: Date
  readonly receipt: string
  readonly ordinal: number
  readonly senderId: number
  readonly source: string
  readonly named: Buffer | null
  readonly code: string
  readonly loinc: string | null
  readonly analyte: string | null
  readonly terms: readonly string[]
  readonly resultKey: string
  readonly orderKey: string | null
  readonly status: string
  readonly collectedAt: Date | null
  readonly resultAt: Date | null
  readonly content: string
}

/** Writes index lines; the same record twice is one. */
export async function insertResults(tx: Queryable, results: readonly NewResult[]): Promise<void> {
  if (results.length === 0) return
  const iso = (moment: Date | null): string | null => moment?.toISOString() ?? null
  await tx.query({
    name: 'insert-results',
    text: `insert into result (patient, record, received_at, receipt, ordinal, sender_id, source, named, code, loinc, analyte,
        terms, result_key, status, collected_at, result_at, content_sha, order_key)
      select decode(r.patient, 'hex'), r.record, r.received_at, r.receipt, r.ordinal, r.sender_id, r.source,
        decode(r.named, 'hex'), r.code, r.loinc, r.analyte, coalesce(string_to_array(nullif(r.terms, ''), ' '), '{}'),
        decode(r.result_key, 'hex'), r.status, r.collected_at, r.result_at, decode(r.content, 'hex'), decode(r.order_key, 'hex')
      from unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::uuid[], $5::int[], $6::int[], $7::text[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::timestamptz[], $16::timestamptz[],
        $17::text[], $18::text[]) as r(patient, record, received_at, receipt, ordinal, sender_id, source, named, code, loinc, analyte,
        terms, result_key, status, collected_at, result_at, content, order_key)
      on conflict do nothing`,
    values: [
      results.map((r) => r.patient.toString('hex')),
      results.map((r) => r.record),
      results.map((r) => r.receivedAt.toISOString()),
      results.map((r) => r.receipt),
      results.map((r) => r.ordinal),
      results.map((r) => r.senderId),
      results.map((r) => r.source),
      results.map((r) => r.named?.toString('hex') ?? null),
      results.map((r) => r.code),
      results.map((r) => r.loinc),
      results.map((r) => r.analyte),
      results.map((r) => r.terms.join(' ')),
      results.map((r) => r.resultKey),
      results.map((r) => r.status),
      results.map((r) => iso(r.collectedAt)),
      results.map((r) => iso(r.resultAt)),
      results.map((r) => r.content),
      results.map((r) => r.orderKey),
    ],
  })
  await markSharedOrders(
    tx,
    results.filter(({ orderKey }) => orderKey !== null),
  )
}

/** Marks those whose order key another patient had before. A statement of its own: both may have come together. */
async function markSharedOrders(tx: Queryable, results: readonly NewResult[]): Promise<void> {
  if (results.length === 0) return
  await tx.query({
    name: 'mark-shared-orders',
    text: `update result i set order_shared = true
      from unnest($1::text[], $2::bigint[], $3::text[]) as n(patient, record, order_key)
      where i.patient = decode(n.patient, 'hex') and i.record = n.record and not i.order_shared and exists (
        select from result v where v.order_key = decode(n.order_key, 'hex') and v.record < n.record and v.patient <> i.patient)`,
    values: [
      results.map((r) => r.patient.toString('hex')),
      results.map((r) => r.record),
      results.map((r) => r.orderKey),
    ],
  })
}

/** A result with its sealed record. */
export interface ResultRow {
  readonly patient: Buffer
  readonly record: number
  readonly receivedAt: Date
  readonly receipt: string
  readonly ordinal: number
  readonly senderId: number
  readonly source: string
  readonly content: Buffer
  readonly dataKey: number
  /** Whether its checks have been made. */
  readonly checked: boolean
}

/** Of how many results of a patient a question may be answered, the newest first. */
export interface ResultsAtMost {
  /** That carry one of the terms: so many of each, so that what is measured often leaves room for what is not. */
  readonly ofTerm: number
  /** That are looked at whatever their terms. */
  readonly ofAnyTerm: number
}

/**
 * The results of patients that carry one of the terms, every version of each. Results whose line was written under tables
 * that count no more come along, as all do with `everyTerm`: their terms are those of another day.
 */
export async function resultsByTerm(
  db: Queryable,
  patients: readonly Buffer[],
  terms: readonly string[],
  { ofTerm, ofAnyTerm }: ResultsAtMost,
  everyTerm = false,
): Promise<ResultRow[]> {
  if (patients.length === 0 || terms.length === 0) return []
  const { rows } = await db.query<ResultRow>({
    name: 'results-by-term',
    // What is asked of no line stands apart: while no change of tables is open, the second part reads nothing.
    text: `select p.patient, i.record, i.received_at as "receivedAt", i.receipt, i.ordinal, i.sender_id as "senderId", i.source,
        r.content, r.data_key as "dataKey",
        exists (select from record_check c
          where c.service = 'lab' and c.received_at = i.received_at and c.record = i.record) as checked
      from unnest($1::bytea[]) as p(patient)
      cross join lateral (
        select ${lineColumns} from (
          select ${lineColumns}, row_number() over (partition by t.term order by ${newestLine}) as place
          from result n cross join lateral unnest(n.terms) as t(term)
          where n.patient = p.patient and t.term = any($2::text[])) n
        where n.place <= $3
        union
        (select ${lineColumns} from result n
        where n.patient = p.patient and ($5 or (select exists (select from tables_change where done_at is null)))
          and ($5 or exists (select from tables_change t where t.done_at is null and n.patient > t.patient and ${changesLine}))
        order by ${newestLine} limit $4)) i
      join record r on r.service = 'lab' and r.received_at = i.received_at and r.id = i.record`,
    values: [patients, terms, ofTerm, ofAnyTerm, everyTerm],
  })
  return rows
}

const lineColumns = 'n.record, n.received_at, n.receipt, n.ordinal, n.sender_id, n.source'
const newestLine = 'coalesce(n.collected_at, n.result_at, n.received_at) desc, n.record desc'

/** By which codes records of patients can be asked for. */
export async function termsOfRecords(
  db: Queryable,
  patients: readonly Buffer[],
  records: readonly number[],
): Promise<{ patient: Buffer; terms: readonly string[] }[]> {
  const { rows } = await db.query<{ patient: Buffer; terms: readonly string[] }>({
    name: 'terms-of-records',
    text: 'select patient, terms from result where patient = any($1::bytea[]) and record = any($2::bigint[])',
    values: [patients, records],
  })
  return rows
}
