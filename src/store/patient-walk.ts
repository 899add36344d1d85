import { packedFields, packedResults, type PackedResult } from '../rules/packed.ts'
import type { Database } from './connect.ts'
import { copyOut } from './copy-out.ts'
import type { ReportRow } from './impact.ts'

/** A place in a walk: after this result of this patient. */
export interface WalkPlace {
  readonly patient: Buffer
  readonly record: number
}

/** Before the first patient. */
export const walkStart: WalkPlace = { patient: Buffer.alloc(0), record: 0 }

/** Results as a walk over patients meets them, each with its sealed record, and the memory in which they lie. */
export interface WalkedResults {
  readonly bytes: SharedArrayBuffer
  /** Where each of `rows` begins in it. */
  readonly starts: readonly number[]
  readonly rows: readonly PackedResult[]
}

/**
 * The next results after a place, by patient and record: a range of the index, whatever was received when. `memory` is that
 * of an earlier batch nobody reads any more, to be used again.
 */
export async function nextOfPatients(
  db: Database,
  report: Pick<ReportRow, 'lastAt' | 'senders'>,
  after: WalkPlace,
  limit: number,
  memory: SharedArrayBuffer | null = null,
): Promise<WalkedResults> {
  const columns = Object.keys(packedFields).map((field) => columnOf[field as keyof typeof packedFields](report))
  // Lines whose record is past its retention are passed over within the limit: a batch of them must not look like the end.
  const text = `select ${columns.join(', ')}
    from (select i.*, r.message, r.form_kind, r.fault_codes, r.content, r.data_key
      from result i cross join lateral (select r.message, r.form_kind, r.fault_codes, r.content, r.data_key from record r
        where r.service = 'lab' and r.received_at = i.received_at and r.id = i.record limit 1) r
      where (i.patient, i.record) > ('\\x${after.patient.toString('hex')}'::bytea, ${after.record}::bigint)
      order by i.patient, i.record limit ${limit}) i`
  const { bytes, starts } = await copyOut(db, 'next-of-patients', text, memory)
  return inOrder(bytes, starts)
}

const columnOf: Readonly<Record<keyof typeof packedFields, (report: Pick<ReportRow, 'lastAt' | 'senders'>) => string>> =
  {
    patient: () => 'i.patient',
    record: () => 'i.record',
    message: () => 'i.message',
    receivedAt: () => 'i.received_at',
    takenAt: () => 'coalesce(i.collected_at, i.result_at, i.received_at)',
    ordinal: () => 'i.ordinal',
    senderId: () => 'i.sender_id',
    dataKey: () => 'i.data_key',
    judged: ({ lastAt, senders }) =>
      `i.received_at <= '${lastAt.toISOString()}'${senders === null ? '' : ` and i.sender_id = any('{${senders.map(Number).join()}}'::int[])`}`,
    orderShared: () => 'i.order_shared',
    assumed: () => `'hl7-charset' = any(i.fault_codes)`,
    receipt: () => 'i.receipt',
    resultKey: () => 'i.result_key',
    collectedAt: () => 'i.collected_at',
    named: () => 'i.named',
    analyte: () => 'i.analyte',
    formKind: () => 'i.form_kind',
    content: () => 'i.content',
  }

/** They come so, unless the database chose another way to find them; told to sort, it would sort the sealed bytes along. */
function inOrder(bytes: SharedArrayBuffer, starts: readonly number[]): WalkedResults {
  const rows = packedResults(Buffer.from(bytes), starts)
  if (rows.every((row, at) => at === 0 || row.isAfter(rows[at - 1]!))) return { bytes, starts, rows }
  const places = rows
    .map((row, at) => ({ row, start: starts[at]! }))
    .toSorted((a, b) => (a.row.isAfter(b.row) ? 1 : -1))
  return { bytes, starts: places.map(({ start }) => start), rows: places.map(({ row }) => row) }
}
