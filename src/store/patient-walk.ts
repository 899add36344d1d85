import { thorough, type Queryable } from './connect.ts'
import type { ReportRow } from './impact.ts'

/** A result with its sealed record, as a walk over patients meets it. */
export interface WalkedResult {
  readonly patient: Buffer
  readonly record: number
  readonly receipt: string
  readonly ordinal: number
  readonly senderId: number
  /** In hex. */
  readonly resultKey: string
  /** Another patient had its order number before. */
  readonly orderShared: boolean
  readonly analyte: string | null
  /** All moments in milliseconds since 1970. */
  readonly receivedMs: number
  readonly collectedMs: number | null
  /** When it was taken, else known, else received. */
  readonly takenMs: number
  /** In hex. */
  readonly named: string | null
  readonly message: number
  readonly formKind: string
  /** The characters of its message had to be assumed. */
  readonly assumed: boolean
  /** Sealed, in base64: a third longer than the bytes, where the driver's own way is twice as long. */
  readonly content: string
  readonly dataKey: number
  /** False for what the report is not about; it is there because later results stand beside it. */
  readonly judged: boolean
}

/** A place in a walk: after this result of this patient. */
export interface WalkPlace {
  readonly patient: Buffer
  readonly record: number
}

/** Before the first patient. */
export const walkStart: WalkPlace = { patient: Buffer.alloc(0), record: 0 }

const milliseconds = (moment: string): string => `round(date_part('epoch', ${moment}) * 1000)`

/** The next results after a place, by patient and record: a range of the index, whatever was received when. */
export async function nextOfPatients(
  db: Queryable,
  report: ReportRow,
  after: WalkPlace,
  limit: number,
): Promise<WalkedResult[]> {
  const { rows } = await db.query<WalkedResult & { place: number }>({
    ...thorough,
    name: 'next-of-patients',
    // Moments as numbers: reading a date from its text takes longer than all the rest of a row.
    // Lines whose record is past its retention are passed over within the limit: a batch of them must not look like the end.
    text: `select row_number() over (order by i.patient, i.record)::int as place, i.patient, i.record, i.receipt, i.ordinal,
        i.sender_id as "senderId", encode(i.result_key, 'hex') as "resultKey", i.order_shared as "orderShared", i.analyte,
        ${milliseconds('i.received_at')} as "receivedMs", ${milliseconds('i.collected_at')} as "collectedMs",
        ${milliseconds('coalesce(i.collected_at, i.result_at, i.received_at)')} as "takenMs",
        encode(i.named, 'hex') as named, i.message, i.form_kind as "formKind",
        'hl7-charset' = any(i.fault_codes) as assumed, encode(i.content, 'base64') as content, i.data_key as "dataKey",
        i.received_at <= $4 and ($5::int[] is null or i.sender_id = any($5::int[])) as judged
      from (select i.patient, i.record, i.receipt, i.ordinal, i.sender_id, i.result_key, i.order_shared, i.analyte, i.received_at,
          i.collected_at, i.result_at, i.named, r.message, r.form_kind, r.fault_codes, r.content, r.data_key
        from result i cross join lateral (select r.message, r.form_kind, r.fault_codes, r.content, r.data_key from record r
          where r.service = 'lab' and r.received_at = i.received_at and r.id = i.record limit 1) r
        where (i.patient, i.record) > ($1::bytea, $2::bigint) order by i.patient, i.record limit $3) i`,
    values: [after.patient, after.record, limit, report.lastAt.toISOString(), report.senders],
  })
  // Put in order here: the database would sort the sealed bytes along, on its disk.
  return rows.toSorted((a, b) => a.place - b.place)
}
