import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'
import { choiceValues, chosenBy, type WithheldChoice } from './visibility.ts'

export type Decision = 'release' | 'confirm'

/** What a person decided of one record, until it is ended. */
export interface OverrideRow {
  readonly id: number
  readonly record: number
  readonly service: Service
  readonly receivedAt: Date
  readonly senderId: number
  readonly patient: Buffer | null
  readonly decision: Decision
  readonly actor: string
  readonly why: string
  readonly at: Date
  readonly endedAt: Date | null
}

const decisionLock = 7_301_012

const columns = `id, record, service, received_at as "receivedAt", sender_id as "senderId", patient, decision, actor, why, at,
  ended_at as "endedAt"`

/**
 * Decides of every chosen record that is withheld now; one decision replaces an earlier one, which stays as a line of
 * history. Returns the decisions.
 */
export async function decideOn(
  tx: Queryable,
  choice: WithheldChoice,
  decision: Decision,
  actor: string,
  why: string,
): Promise<OverrideRow[]> {
  // One after the other: neither of two who decide of one record at once would see the decision of the other to end it.
  await tx.query({ text: 'select pg_advisory_xact_lock($1)', values: [decisionLock] })
  const { rows: chosen } = await tx.query<{ record: number }>({
    text: `select distinct w.record from withheld w left join sender s on s.id = w.sender_id
      where ${chosenBy(choice)}`,
    values: choiceValues(choice),
  })
  const records = chosen.map((row) => row.record)
  // Read before the earlier decisions end: a record a person withholds has perhaps no verdict any more.
  const { rows: facts } = await tx.query<Record<'service' | 'senderId' | 'patient' | 'record' | 'receivedAt', unknown>>(
    {
      text: `select distinct on (record) record, service, received_at as "receivedAt", sender_id as "senderId",
        encode(patient, 'hex') as patient from withheld where record = any($1::bigint[]) order by record`,
      values: [records],
    },
  )
  await tx.query({
    text: `update override set ended_at = clock_timestamp(), ended_by = $2, ended_why = $3
      where record = any($1::bigint[]) and ended_at is null`,
    values: [records, actor, why],
  })
  const { rows } = await tx.query<OverrideRow>({
    text: `insert into override (record, service, received_at, sender_id, patient, decision, actor, why)
      select f.record, f.service, f.received_at, f.sender_id, decode(f.patient, 'hex'), $6, $7, $8
      from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::int[], $5::text[])
        as f(record, service, received_at, sender_id, patient) returning ${columns}`,
    values: [
      facts.map((f) => f.record),
      facts.map((f) => f.service),
      facts.map((f) => f.receivedAt),
      facts.map((f) => f.senderId),
      facts.map((f) => f.patient),
      decision,
      actor,
      why,
    ],
  })
  return rows
}

/** Ends decisions: the packs alone count again. Returns those that were ended. */
export async function endOverrides(
  tx: Queryable,
  records: readonly number[],
  actor: string,
  why: string,
): Promise<OverrideRow[]> {
  const { rows } = await tx.query<OverrideRow>({
    text: `update override set ended_at = clock_timestamp(), ended_by = $2, ended_why = $3
      where record = any($1::bigint[]) and ended_at is null returning ${columns}`,
    values: [records, actor, why],
  })
  return rows
}

/** Decisions that count now, newest first. */
export async function runningOverrides(db: Queryable, limit: number): Promise<OverrideRow[]> {
  const { rows } = await db.query<OverrideRow>({
    text: `select ${columns} from override where ended_at is null order by id desc limit $1`,
    values: [limit],
  })
  return rows
}

/** What a person decided of a record and still holds; null when nothing does. */
export async function runningOverride(db: Queryable, record: number): Promise<OverrideRow | null> {
  const { rows } = await db.query<OverrideRow>({
    text: `select ${columns} from override where record = $1 and ended_at is null`,
    values: [record],
  })
  return rows[0] ?? null
}
