import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'

/** What waits inside the hub, by stage. */
export interface StageBacklog {
  readonly stage: StageName
  readonly count: number
  /** When the message of the oldest was received. */
  readonly oldest: Date
}

export type StageName = 'read' | 'check' | 'plan'

/** One piece of work between two committed facts. `record` is 0 for a message that is still to be read. */
export interface StepRow {
  readonly stage: StageName
  readonly service: Service
  readonly shard: number
  readonly message: number
  readonly record: number
  readonly receivedAt: Date
  readonly attempts: number
}

/** Senders fall into this many shards; one worker at a time has a shard, so a sender's messages keep their order. */
export const shardCount = 8

/** The shards of a stage that have work due. */
export async function shardsWithWork(db: Queryable, stage: StageName, service: Service): Promise<number[]> {
  const { rows } = await db.query<{ shard: number }>({
    name: 'shards-with-work',
    text: `select s::int as shard from generate_series(0, $3::int - 1) s where exists (
      select 1 from step where stage = $1 and service = $2 and shard = s and due_at <= now())`,
    values: [stage, service, shardCount],
  })
  return rows.map((row) => row.shard)
}

/** Takes a shard for the length of the transaction; false when another worker has it. */
export async function takeShard(tx: Queryable, stage: StageName, service: Service, shard: number): Promise<boolean> {
  const { rows } = await tx.query<{ taken: boolean }>({
    name: 'take-shard',
    text: 'select pg_try_advisory_xact_lock(hashtext($1), $2) as taken',
    values: [`step ${stage} ${service}`, shard],
  })
  return rows[0]!.taken
}

/** The oldest due steps of a shard, in the order their messages were accepted. */
export async function dueSteps(
  tx: Queryable,
  stage: StageName,
  service: Service,
  shard: number,
  limit: number,
): Promise<StepRow[]> {
  const { rows } = await tx.query<StepRow>({
    name: 'due-steps',
    text: `select stage, service, shard::int as shard, message, record, received_at as "receivedAt", attempts::int as attempts
      from step where stage = $1 and service = $2 and shard = $3 and due_at <= now()
      order by message, record limit $4`,
    values: [stage, service, shard, limit],
  })
  return rows
}

/** Those of the given steps that are still to be done. */
export async function stepsLeft(tx: Queryable, steps: readonly StepRow[]): Promise<StepRow[]> {
  const first = steps[0]
  if (first === undefined) return []
  const { rows } = await tx.query<{ message: number; record: number }>({
    text: `select s.message, s.record from step s
      join unnest($4::bigint[], $5::bigint[]) as w(message, record) using (message, record)
      where s.stage = $1 and s.service = $2 and s.shard = $3`,
    values: [first.stage, first.service, first.shard, steps.map((s) => s.message), steps.map((s) => s.record)],
  })
  const left = new Set(rows.map((row) => `${row.message} ${row.record}`))
  return steps.filter((step) => left.has(`${step.message} ${step.record}`))
}

/** Done steps leave the table, in the transaction that wrote what they led to. */
export async function deleteSteps(tx: Queryable, steps: readonly StepRow[]): Promise<void> {
  const first = steps[0]
  if (first === undefined) return
  await tx.query({
    name: 'delete-steps',
    text: `delete from step s using unnest($4::bigint[], $5::bigint[]) as d(message, record)
      where s.stage = $1 and s.service = $2 and s.shard = $3 and s.message = d.message and s.record = d.record`,
    values: [first.stage, first.service, first.shard, steps.map((s) => s.message), steps.map((s) => s.record)],
  })
}

/** Puts a step that failed back for later: it waits alone, the others go on. */
export async function postponeStep(db: Queryable, step: StepRow, code: string, seconds: number): Promise<void> {
  await db.query({
    text: `update step set attempts = least(attempts + 1, 30000), last_code = $6, due_at = now() + make_interval(secs => $7)
      where stage = $1 and service = $2 and shard = $3 and message = $4 and record = $5`,
    values: [step.stage, step.service, step.shard, step.message, step.record, code, seconds],
  })
}

/** Adds steps for records of this transaction; the same step twice is one. */
export async function addSteps(
  tx: Queryable,
  stage: StageName,
  service: Service,
  steps: readonly { shard: number; message: number; record: number; receivedAt: Date }[],
): Promise<void> {
  if (steps.length === 0) return
  await tx.query({
    name: 'add-steps',
    text: `insert into step (stage, service, shard, message, record, received_at, due_at)
      select $1, $2, s.shard, s.message, s.record, s.received_at, now()
      from unnest($3::int[], $4::bigint[], $5::bigint[], $6::timestamptz[]) as s(shard, message, record, received_at)
      on conflict do nothing`,
    values: [
      stage,
      service,
      steps.map((s) => s.shard),
      steps.map((s) => s.message),
      steps.map((s) => s.record),
      steps.map((s) => s.receivedAt.toISOString()),
    ],
  })
}

/** What waits to be read, checked and planned, in that order; a stage in which nothing waits is left out. */
export async function stageBacklog(db: Queryable): Promise<StageBacklog[]> {
  const { rows } = await db.query<StageBacklog>({
    text: `select stage, count(*) as count, min(received_at) as oldest from step
      group by stage order by array_position('{read,check,plan}'::text[], stage)`,
  })
  return rows
}
