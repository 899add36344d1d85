import type { Queryable } from './connect.ts'
import { recordColumns, type StoredRecord } from './records.ts'

/** A result far from its patient's last one; `content` holds both values, sealed. */
export interface Jump {
  readonly senderId: number
  readonly analyte: string
  readonly receivedAt: Date
  readonly record: number
  readonly patient: Buffer
  readonly content: Buffer
}

/** Writes jumps; the same record twice is one. */
export async function insertJumps(tx: Queryable, jumps: readonly Jump[]): Promise<void> {
  await tx.query({
    name: 'insert-jumps',
    text: `insert into jump (sender_id, analyte, received_at, record, content, patient)
      select j.sender_id, j.analyte, j.received_at, j.record, decode(j.content, 'hex'), decode(j.patient, 'hex')
      from unnest($1::int[], $2::text[], $3::timestamptz[], $4::bigint[], $5::text[], $6::text[])
        as j(sender_id, analyte, received_at, record, content, patient)
      order by 1, 2, 3, 4 on conflict do nothing`,
    values: [
      jumps.map((j) => j.senderId),
      jumps.map((j) => j.analyte),
      jumps.map((j) => j.receivedAt.toISOString()),
      jumps.map((j) => j.record),
      jumps.map((j) => j.content.toString('hex')),
      jumps.map((j) => j.patient.toString('hex')),
    ],
  })
}

export type StoredJump = StoredRecord & { readonly analyte: string; readonly jump: Buffer }

/** Jumps of the same sender and analyte within a day of the given ones, these included; the nearest hundred on each side. */
export async function jumpsNear(
  db: Queryable,
  jumps: readonly Pick<Jump, 'senderId' | 'analyte' | 'receivedAt'>[],
): Promise<StoredJump[]> {
  const { rows } = await db.query<StoredJump>({
    name: 'jumps-near',
    text: `with near as (
        select distinct n.* from unnest($1::int[], $2::text[], $3::timestamptz[]) as u(sender_id, analyte, at)
        cross join lateral (
          (select j.* from jump j where j.sender_id = u.sender_id and j.analyte = u.analyte
              and j.received_at between u.at - interval '1 day' and u.at
            order by j.received_at desc, j.record desc limit 100)
          union
          (select j.* from jump j where j.sender_id = u.sender_id and j.analyte = u.analyte
              and j.received_at between u.at and u.at + interval '1 day'
            order by j.received_at, j.record limit 100)) n)
      select ${recordColumns}, n.analyte, n.content as jump from near n
      join record r on r.service = 'lab' and r.received_at = n.received_at and r.id = n.record
      join message m on m.service = r.service and m.id = r.message and m.received_at = r.received_at
      order by r.id`,
    values: [jumps.map((j) => j.senderId), jumps.map((j) => j.analyte), jumps.map((j) => j.receivedAt.toISOString())],
  })
  return rows
}

/** Jumps of patients at a sender within a day of a moment, of whatever analyte: tubes are sent one analyte a message too. */
export async function jumpsOfPatients(
  db: Queryable,
  patients: readonly { readonly senderId: number; readonly patient: Buffer; readonly receivedAt: Date }[],
): Promise<StoredJump[]> {
  if (patients.length === 0) return []
  const { rows } = await db.query<StoredJump>({
    name: 'jumps-of-patients',
    text: `with own as (
        select distinct j.* from unnest($1::int[], $2::text[], $3::timestamptz[]) as u(sender_id, patient, at)
        join jump j on j.patient = decode(u.patient, 'hex') and j.sender_id = u.sender_id
          and j.received_at between u.at - interval '1 day' and u.at + interval '1 day')
      select ${recordColumns}, n.analyte, n.content as jump from own n
      join record r on r.service = 'lab' and r.received_at = n.received_at and r.id = n.record
      join message m on m.service = r.service and m.id = r.message and m.received_at = r.received_at
      order by r.id`,
    values: [
      patients.map(({ senderId }) => senderId),
      patients.map(({ patient }) => patient.toString('hex')),
      patients.map(({ receivedAt }) => receivedAt.toISOString()),
    ],
  })
  return rows
}

/** Notes pairs of records that changed places; a record that has a partner keeps it. */
export async function insertSwaps(tx: Queryable, pairs: readonly (readonly [number, number])[]): Promise<void> {
  if (pairs.length === 0) return
  const both = pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const])
  await tx.query({
    name: 'insert-swaps',
    text: `insert into swap (record, other) select * from unnest($1::bigint[], $2::bigint[]) order by 1 on conflict do nothing`,
    values: [both.map(([record]) => record), both.map(([, other]) => other)],
  })
}

/** Those of the records that are noted to have changed places. */
export async function swappedAmong(db: Queryable, records: readonly number[]): Promise<ReadonlySet<number>> {
  if (records.length === 0) return new Set()
  const { rows } = await db.query<{ record: number }>({
    name: 'swapped-among',
    text: 'select record from swap where record = any($1::bigint[])',
    values: [records],
  })
  return new Set(rows.map(({ record }) => record))
}
