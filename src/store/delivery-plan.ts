import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'
import type { StepRow } from './steps.ts'

/** A record about to be planned. */
export interface PlannedRecord {
  readonly id: number
  readonly service: Service
  readonly receivedAt: Date
  readonly message: number
  readonly messageId: string
  readonly receipt: string
  readonly ordinal: number
  readonly senderId: number
  /** Sent by the hub itself, to see whether it arrives. */
  readonly isProbe: boolean
  /** A rule refused it when it came, and lets it pass now. */
  readonly wasRefused: boolean
  readonly formKind: string
  readonly action: 'new' | 'correct' | 'withdraw'
  readonly replacesMessageId: string | null
  readonly patient: Buffer | null
  readonly content: Buffer
  readonly dataKey: number
  readonly traceparent: string | null
}

/** The accepted records of a batch of steps, in the order they were read. */
export async function recordsToPlan(tx: Queryable, steps: readonly StepRow[]): Promise<PlannedRecord[]> {
  const first = steps[0]
  if (first === undefined) return []
  const { rows } = await tx.query<PlannedRecord>({
    name: 'records-to-plan',
    text: `select r.id, r.service, r.received_at as "receivedAt", r.message, m.message_id as "messageId", m.receipt, r.ordinal,
        r.sender_id as "senderId", r.form_kind as "formKind", r.action, r.replaces_message_id as "replacesMessageId",
        r.patient, r.content, r.data_key as "dataKey", m.traceparent,
        exists (select from sender s where s.id = r.sender_id and s.kind = 'probe') as "isProbe",
        exists (select from rule_refusal x where x.record = r.id) as "wasRefused"
      from unnest($2::bigint[], $3::timestamptz[]) as s(id, received_at)
      join record r on r.service = $1 and r.id = s.id and r.received_at = s.received_at
      join message m on m.service = r.service and m.id = r.message and m.received_at = r.received_at
      where r.outcome = 'accepted' order by r.id`,
    values: [first.service, steps.map((s) => s.record), steps.map((s) => s.receivedAt.toISOString())],
  })
  return rows
}
