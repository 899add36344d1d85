import type { Service } from '../formats/record.ts'
import { plainArray } from './arrays.ts'
import type { Queryable } from './connect.ts'
import type { Purpose } from './deliveries.ts'

/** A delivery this node holds a lease on, with the sealed content of its record. */
export interface ClaimedDelivery {
  readonly id: number
  readonly uid: string
  readonly purpose: Purpose
  readonly service: Service
  readonly formKind: string
  readonly record: number
  readonly receipt: string
  readonly ordinal: number
  readonly receivedAt: Date
  readonly traceparent: string | null
  readonly replaces: string | null
  /** The certificate identifier to be revoked, for a revocation. */
  readonly uvci: string | null
  readonly state: 'waiting' | 'unknown' | 'pending'
  readonly urgent: boolean
  /** A version withheld it: what corrects it may have gone past it. */
  readonly held: boolean
  /** An earlier lease ran out: what it did is not known. */
  readonly expired: boolean
  readonly attempts: number
  readonly bodySha256: Buffer | null
  readonly lastCode: string | null
  /** Sealed, in base64. Null when the retention of the record is over. */
  readonly content: string | null
  readonly dataKey: number | null
}

// One row for a batch, a text for each column: rows of 19 columns took the driver 2 µs more each. What most deliveries do not
// have is told of those that do.
const column = (sql: string): string => `string_agg(${sql}::text, chr(31))`

/** Of rows `d`, in their order, to be read by `rowsOf`. */
export const claimedColumns = `${column('d.id')} as ids, ${column('d.uid')} as uids, ${column('d.purpose')} as purposes,
  ${column('d.service')} as services, ${column('d.form_kind')} as "formKinds", ${column('d.record')} as records,
  ${column('d.receipt')} as receipts, ${column('d.ordinal')} as ordinals, ${column('d.received_ms')} as "receivedMs",
  ${column(`coalesce(d.traceparent, '')`)} as traceparents,
  json_object_agg(d.id, json_build_object('replaces', d.replaces, 'uvci', d.uvci, 'state', d.state, 'urgent', d.urgent, 'held', d.held,
    'expired', d.expired, 'attempts', d.attempts, 'bodySha256', encode(d.body_sha256, 'hex'), 'lastCode', d.last_code))
  filter (where d.urgent or d.held or d.expired or d.state <> 'waiting' or d.attempts > 0 or d.body_sha256 is not null
    or d.last_code is not null or d.replaces is not null or d.uvci is not null) as marks`

type Marks = Pick<
  ClaimedDelivery,
  'replaces' | 'uvci' | 'state' | 'urgent' | 'held' | 'expired' | 'attempts' | 'bodySha256' | 'lastCode'
>
type Texts = 'ids' | 'uids' | 'purposes' | 'services' | 'formKinds' | 'records' | 'receipts' | 'ordinals'
export type ClaimedColumns = Readonly<Record<Texts | 'receivedMs' | 'traceparents', string | null>> & {
  readonly marks: Readonly<Record<string, Omit<Marks, 'bodySha256'> & { readonly bodySha256: string | null }>> | null
}
type ClaimedRow = Omit<ClaimedDelivery, 'content' | 'dataKey'>

const unmarked: Marks = {
  replaces: null,
  uvci: null,
  state: 'waiting',
  urgent: false,
  held: false,
  expired: false,
  attempts: 0,
  bodySha256: null,
  lastCode: null,
}

const fields = (column: string | null): string[] => (column === null ? [] : column.split('\u001f'))

/** What was leased, a row each. */
export function rowsOf(claimed: ClaimedColumns): ClaimedRow[] {
  const [uids, purposes, services] = [fields(claimed.uids), fields(claimed.purposes), fields(claimed.services)]
  const [formKinds, records] = [fields(claimed.formKinds), fields(claimed.records)]
  const [receipts, ordinals] = [fields(claimed.receipts), fields(claimed.ordinals)]
  const [receivedMs, traceparents] = [fields(claimed.receivedMs), fields(claimed.traceparents)]
  return fields(claimed.ids).map((id, place) => ({
    ...marksOf(claimed, id),
    id: Number(id),
    uid: uids[place]!,
    purpose: purposes[place] as Purpose,
    service: services[place] as Service,
    formKind: formKinds[place]!,
    record: Number(records[place]),
    receipt: receipts[place]!,
    ordinal: Number(ordinals[place]),
    receivedAt: new Date(Number(receivedMs[place])),
    traceparent: traceparents[place] || null,
  }))
}

function marksOf({ marks }: ClaimedColumns, id: string): Marks {
  const marked = marks?.[id]
  if (marked === undefined) return unmarked
  return { ...marked, bodySha256: marked.bodySha256 === null ? null : Buffer.from(marked.bodySha256, 'hex') }
}

// Asked apart, and only when there is something: records lie in many partitions, and each of them is part of the plan.
const contentText = `
select encode(r.content, 'base64') as content, r.data_key as "dataKey"
from unnest($1::bigint[], $2::timestamptz[], $3::text[]) with ordinality as d(record, received_at, service, place)
left join lateral (select r.content, r.data_key from record r
  where r.id = d.record and r.received_at = d.received_at and r.service = d.service limit 1) r on true
order by d.place`

/** Adds the sealed contents of records. */
export async function withContent(db: Queryable, claimed: readonly ClaimedRow[]): Promise<ClaimedDelivery[]> {
  const { rows } = await db.query<Pick<ClaimedDelivery, 'content' | 'dataKey'>>({
    name: 'content-of-claimed',
    text: contentText,
    values: [
      plainArray(claimed.map((row) => row.record)),
      plainArray(claimed.map((row) => row.receivedAt.toISOString())),
      plainArray(claimed.map((row) => row.service)),
    ],
  })
  return claimed.map((row, place) => {
    const { content, dataKey } = rows[place]!
    return { ...row, content, dataKey }
  })
}
