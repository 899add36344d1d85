import type { Service } from '../formats/record.ts'
import type { CustodyLevel } from './rows.ts'
import type { Queryable } from './connect.ts'
import type { StepRow } from './steps.ts'

/** A stored message with its encrypted body. */
export interface StoredMessage {
  readonly id: number
  readonly service: Service
  readonly receivedAt: Date
  readonly receipt: string
  readonly senderId: number
  readonly messageId: string
  readonly format: string
  readonly sha256: Buffer
  readonly body: Buffer
  readonly dataKey: number
  readonly level: CustodyLevel
  readonly traceparent: string | null
}

const columns = `m.id, m.service, m.received_at as "receivedAt", m.receipt, m.sender_id as "senderId",
  m.message_id as "messageId", m.format, m.sha256, m.body, m.data_key as "dataKey", m.level, m.traceparent`

/** The messages of a batch of steps, in the order they were accepted. */
export async function messagesOf(db: Queryable, steps: readonly StepRow[]): Promise<StoredMessage[]> {
  const first = steps[0]
  if (first === undefined) return []
  const { rows } = await db.query<StoredMessage>({
    name: 'messages-of-steps',
    text: `select ${columns} from unnest($2::bigint[], $3::timestamptz[]) as s(id, received_at)
      join message m on m.service = $1 and m.id = s.id and m.received_at = s.received_at order by m.id`,
    values: [first.service, steps.map((s) => s.message), steps.map((s) => s.receivedAt.toISOString())],
  })
  return rows
}

/** One message by its receipt number; null when there is none. */
export async function findMessage(db: Queryable, receipt: string, prefix: string): Promise<StoredMessage | null> {
  const { rows } = await db.query<StoredMessage>({
    name: 'find-message',
    text: `select ${columns} from message_key k
      join message m on m.service = k.service and m.id = k.message and m.received_at = k.received_at
      where k.prefix = $1 and k.receipt = $2`,
    values: [prefix, receipt],
  })
  return rows[0] ?? null
}
