import type { Queryable } from './connect.ts'
import { recordColumns, type StoredRecord } from './records.ts'

/** A result far from its patient's last one, as a rule sees it with its tables; `content` holds both values, sealed. */
export interface Jump {
  readonly ruleHash: string
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
    text: `insert into jump (sender_id, analyte, received_at, record, content, patient, rule_hash)
      select j.sender_id, j.analyte, j.received_at, j.record, decode(j.content, 'hex'), decode(j.patient, 'hex'),
        decode(j.rule_hash, 'hex')
      from unnest($1::int[], $2::text[], $3::timestamptz[], $4::bigint[], $5::text[], $6::text[], $7::text[])
        as j(sender_id, analyte, received_at, record, content, patient, rule_hash)
      order by 1, 2, 3, 4 on conflict do nothing`,
    values: [
      jumps.map((j) => j.senderId),
      jumps.map((j) => j.analyte),
      jumps.map((j) => j.receivedAt.toISOString()),
      jumps.map((j) => j.record),
      jumps.map((j) => j.content.toString('hex')),
      jumps.map((j) => j.patient.toString('hex')),
      jumps.map((j) => j.ruleHash),
    ],
  })
}

// What was noted before it was noted by which rule counts for all.
const byRule = (n: number): string => `j.rule_hash in (decode($${n}, 'hex'), '')`

export type StoredJump = StoredRecord & { readonly analyte: string; readonly jump: Buffer }

/** Jumps by a rule of the same sender and analyte within a day of the given ones, these included; the nearest hundred on each side. */
export async function jumpsNear(
  db: Queryable,
  ruleHash: string,
  jumps: readonly Pick<Jump, 'senderId' | 'analyte' | 'receivedAt'>[],
): Promise<StoredJump[]> {
  const { rows } = await db.query<StoredJump>({
    name: 'jumps-near',
    text: `with near as (
        select distinct n.* from unnest($1::int[], $2::text[], $3::timestamptz[]) as u(sender_id, analyte, at)
        cross join lateral (
          (select j.* from jump j where j.sender_id = u.sender_id and j.analyte = u.analyte
              and j.received_at between u.at - interval '1 day' and u.at and ${byRule(4)}
            order by j.received_at desc, j.record desc limit 100)
          union
          (select j.* from jump j where j.sender_id = u.sender_id and j.analyte = u.analyte
              and j.received_at between u.at and u.at + interval '1 day' and ${byRule(4)}
            order by j.received_at, j.record limit 100)) n)
      select ${recordColumns}, n.analyte, n.content as jump from near n
      join record r on r.service = 'lab' and r.received_at = n.received_at and r.id = n.record
      join message m on m.service = r.service and m.id = r.message and m.received_at = r.received_at
      order by r.id`,
    values: [
      jumps.map((j) => j.senderId),
      jumps.map((j) => j.analyte),
      jumps.map((j) => j.receivedAt.toISOString()),
      ruleHash,
    ],
  })
  return rows
}

/** Somebody at a sender about a moment. */
interface PatientThen {
  readonly senderId: number
  readonly patient: Buffer
  readonly receivedAt: Date
}

/**
 * Jumps of patients at a sender within a day of a moment, by one rule or (null) by any, of whatever analyte: tubes are sent one
 * analyte a message too.
 */
export async function jumpsOfPatients(
  db: Queryable,
  ruleHash: string | null,
  patients: readonly PatientThen[],
): Promise<StoredJump[]> {
  if (patients.length === 0) return []
  const { rows } = await db.query<StoredJump>({
    name: 'jumps-of-patients',
    text: `with own as (
        select distinct j.* from unnest($1::int[], $2::text[], $3::timestamptz[]) as u(sender_id, patient, at)
        join jump j on j.patient = decode(u.patient, 'hex') and j.sender_id = u.sender_id
          and j.received_at between u.at - interval '1 day' and u.at + interval '1 day'
          and ($4::text is null or ${byRule(4)}))
      select ${recordColumns}, n.analyte, n.content as jump from own n
      join record r on r.service = 'lab' and r.received_at = n.received_at and r.id = n.record
      join message m on m.service = r.service and m.id = r.message and m.received_at = r.received_at
      order by r.id`,
    values: [
      patients.map(({ senderId }) => senderId),
      patients.map(({ patient }) => patient.toString('hex')),
      patients.map(({ receivedAt }) => receivedAt.toISOString()),
      ruleHash,
    ],
  })
  return rows
}

/** Notes pairs of records that changed places by a rule; a record that has a partner keeps it. */
export async function insertSwaps(
  tx: Queryable,
  ruleHash: string,
  pairs: readonly (readonly [number, number])[],
): Promise<void> {
  if (pairs.length === 0) return
  const both = pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const])
  await tx.query({
    name: 'insert-swaps',
    text: `insert into swap (record, other, rule_hash) select p.*, decode($3, 'hex')
      from unnest($1::bigint[], $2::bigint[]) as p(record, other) order by 1 on conflict do nothing`,
    values: [both.map(([record]) => record), both.map(([, other]) => other), ruleHash],
  })
}

/** A record that by a rule changed places with another; `partner` is null when that one is not kept any more. */
export interface NotedSwap {
  readonly record: number
  readonly ruleHash: string
  readonly partner: PatientThen | null
}

/** What is noted of the records, by whatever rule: those that changed places. */
export async function swapsOf(
  db: Queryable,
  records: readonly { readonly id: number; readonly patient: Buffer | null; readonly receivedAt: Date }[],
): Promise<readonly NotedSwap[]> {
  if (records.length === 0) return []
  const { rows } = await db.query<
    Omit<NotedSwap, 'partner'> & { [Name in keyof PatientThen]: PatientThen[Name] | null }
  >({
    name: 'swaps-of',
    text: `select distinct on (s.record, s.rule_hash) s.record, encode(s.rule_hash, 'hex') as "ruleHash",
        o.sender_id as "senderId", o.patient, o.received_at as "receivedAt"
      from unnest($1::bigint[], $2::text[], $3::timestamptz[]) as u(record, patient, at)
      join swap s on s.record = u.record
      left join (jump own join jump o on o.sender_id = own.sender_id and o.analyte = own.analyte
          and o.received_at between own.received_at - interval '1 day' and own.received_at + interval '1 day')
        on own.patient = decode(u.patient, 'hex') and own.received_at = u.at and own.record = u.record
          and o.record = s.other and o.patient is not null
      order by s.record, s.rule_hash, o.received_at`,
    values: [
      records.map(({ id }) => id),
      records.map(({ patient }) => patient?.toString('hex') ?? null),
      records.map(({ receivedAt }) => receivedAt.toISOString()),
    ],
  })
  return rows.map(({ record, ruleHash, senderId, patient, receivedAt }) => ({
    record,
    ruleHash,
    partner: patient === null ? null : { senderId: senderId!, patient, receivedAt: receivedAt! },
  }))
}

/** Those of the records that by a rule are noted to have changed places. */
export async function swappedAmong(
  db: Queryable,
  ruleHash: string,
  records: readonly number[],
): Promise<ReadonlySet<number>> {
  if (records.length === 0) return new Set()
  const { rows } = await db.query<{ record: number }>({
    name: 'swapped-among',
    text: `select record from swap where record = any($1::bigint[]) and rule_hash = decode($2, 'hex')`,
    values: [records, ruleHash],
  })
  return new Set(rows.map(({ record }) => record))
}
