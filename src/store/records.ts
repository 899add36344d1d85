import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'
import type { StepRow } from './steps.ts'

/** A record as it goes into the database; `content` is the sealed JSON of its canonical form. */
export interface NewRecord {
  readonly message: number
  readonly receivedAt: Date
  readonly ordinal: number
  readonly senderId: number
  readonly formKind: string
  readonly form: string
  readonly formVersion: string
  readonly action: 'new' | 'correct' | 'withdraw'
  readonly replacesMessageId: string | null
  readonly outcome: 'accepted' | 'refused'
  readonly faultCodes: readonly string[]
  readonly patient: Buffer | null
  readonly content: Buffer
  readonly dataKey: number
}

/** Appends records; returns their numbers in the given order. */
export async function insertRecords(tx: Queryable, service: Service, records: readonly NewRecord[]): Promise<number[]> {
  if (records.length === 0) return []
  const { rows } = await tx.query<{ id: number }>({
    name: 'insert-records',
    text: `insert into record (id, service, received_at, message, ordinal, sender_id, form_kind, form, form_version, action,
        replaces_message_id, outcome, fault_codes, patient, content, data_key)
      select nextval('record_id'), $1, r.received_at, r.message, r.ordinal, r.sender_id, r.form_kind, r.form, r.form_version,
        r.action, r.replaces, r.outcome, coalesce(string_to_array(nullif(r.fault_codes, ''), ' '), '{}'),
        case when r.has_patient then substring($15::bytea from (r.place - 1)::int * 16 + 1 for 16) end,
        substring($16::bytea from r.content_from for r.content_length), r.data_key
      from unnest($2::timestamptz[], $3::bigint[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::text[], $11::text[], $12::text[], $13::bool[], $14::int[], $17::int[], $18::int[]) with ordinality
        as r(received_at, message, ordinal, sender_id, form_kind, form, form_version, action, replaces, outcome, fault_codes,
          has_patient, data_key, content_from, content_length, place)
      order by r.place returning id`,
    values: [service, ...columnsOf(records)],
  })
  return rows.map((row) => row.id)
}

function columnsOf(records: readonly NewRecord[]): unknown[] {
  let at = 1
  const starts = records.map((record) => {
    const start = at
    at += record.content.length
    return start
  })
  return [
    records.map((r) => r.receivedAt.toISOString()),
    records.map((r) => r.message),
    records.map((r) => r.ordinal),
    records.map((r) => r.senderId),
    records.map((r) => r.formKind),
    records.map((r) => r.form),
    records.map((r) => r.formVersion),
    records.map((r) => r.action),
    records.map((r) => r.replacesMessageId),
    records.map((r) => r.outcome),
    records.map((r) => r.faultCodes.join(' ')),
    records.map((r) => r.patient !== null),
    records.map((r) => r.dataKey),
    Buffer.concat(records.map((r) => r.patient ?? Buffer.alloc(16))),
    Buffer.concat(records.map((r) => r.content)),
    starts,
    records.map((r) => r.content.length),
  ]
}

/** A stored record with its sealed content and the receipt it is bound to. */
export interface StoredRecord {
  readonly id: number
  readonly service: Service
  readonly receivedAt: Date
  readonly message: number
  readonly receipt: string
  readonly ordinal: number
  readonly senderId: number
  readonly formKind: string
  readonly form: string
  readonly formVersion: string
  readonly action: 'new' | 'correct' | 'withdraw'
  readonly replacesMessageId: string | null
  readonly outcome: 'accepted' | 'refused'
  readonly faultCodes: readonly string[]
  readonly patient: Buffer | null
  readonly content: Buffer
  readonly dataKey: number
}

/** Columns of a `StoredRecord`, from a record `r` and its message `m`. */
export const recordColumns = `r.id, r.service, r.received_at as "receivedAt", r.message, m.receipt, r.ordinal, r.sender_id as "senderId",
  r.form_kind as "formKind", r.form, r.form_version as "formVersion", r.action,
  r.replaces_message_id as "replacesMessageId", r.outcome, r.fault_codes as "faultCodes", r.patient, r.content,
  r.data_key as "dataKey"`

/** The records of a batch of steps, in the order they were read. */
export async function recordsOf(db: Queryable, steps: readonly StepRow[]): Promise<StoredRecord[]> {
  const first = steps[0]
  if (first === undefined) return []
  const { rows } = await db.query<StoredRecord>({
    name: 'records-of-steps',
    text: `select ${recordColumns} from unnest($2::bigint[], $3::timestamptz[]) as s(id, received_at)
      join record r on r.service = $1 and r.id = s.id and r.received_at = s.received_at
      join message m on m.service = r.service and m.id = r.message and m.received_at = r.received_at
      order by r.id`,
    values: [first.service, steps.map((s) => s.record), steps.map((s) => s.receivedAt.toISOString())],
  })
  return rows
}

/** All records of one message. */
export async function recordsOfMessage(
  db: Queryable,
  message: { readonly id: number; readonly service: Service; readonly receivedAt: Date },
): Promise<StoredRecord[]> {
  const { rows } = await db.query<StoredRecord>({
    name: 'records-of-message',
    text: `select ${recordColumns} from record r
      join message m on m.service = r.service and m.id = r.message and m.received_at = r.received_at
      where r.service = $1 and r.received_at = $2 and r.message = $3 order by r.ordinal`,
    values: [message.service, message.receivedAt, message.id],
  })
  return rows
}

/** Some records of a message, by its receipt and their places in it. */
export async function recordsAt(
  db: Queryable,
  receipt: string,
  prefix: string,
  ordinals: readonly number[],
): Promise<StoredRecord[]> {
  const { rows } = await db.query<StoredRecord>({
    name: 'records-at',
    text: `select ${recordColumns} from message_key k
      join message m on m.service = k.service and m.id = k.message and m.received_at = k.received_at
      join record r on r.service = m.service and r.received_at = m.received_at and r.message = m.id
      where k.prefix = $2 and k.receipt = $1 and r.ordinal = any($3::int[]) order by r.ordinal`,
    values: [receipt, prefix, ordinals],
  })
  return rows
}

/** Records by number, service and moment of receipt. */
export async function recordsByPlace(
  db: Queryable,
  places: readonly { readonly record: number; readonly service: Service; readonly receivedAt: Date }[],
): Promise<StoredRecord[]> {
  const { rows } = await db.query<StoredRecord>({
    name: 'records-by-place',
    text: `select ${recordColumns} from unnest($1::bigint[], $2::text[], $3::timestamptz[]) as p(id, service, received_at)
      join record r on r.service = p.service and r.id = p.id and r.received_at = p.received_at
      join message m on m.service = r.service and m.id = r.message and m.received_at = r.received_at`,
    values: [places.map((p) => p.record), places.map((p) => p.service), places.map((p) => p.receivedAt.toISOString())],
  })
  return rows
}
