import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'
import type { EntryKind } from './entries.ts'

export interface MessagePlace {
  readonly id: number
  readonly service: Service
  readonly receivedAt: Date
}

export interface TracedStep {
  readonly stage: 'read' | 'check' | 'plan'
  readonly record: number
  readonly attempts: number
  readonly lastCode: string | null
  readonly dueAt: Date
}

export interface TracedDelivery {
  readonly id: number
  readonly uid: string
  readonly record: number
  readonly destination: string
  readonly purpose: 'result' | 'vaccination' | 'certificate' | 'revocation'
  readonly state: 'blocked' | 'waiting' | 'unknown' | 'pending' | 'acknowledged' | 'refused' | 'withdrawn'
  readonly urgent: boolean
  readonly attempts: number
  readonly owedAt: Date
  readonly dueAt: Date
  readonly sentAt: Date | null
  readonly settledAt: Date | null
  readonly reference: string | null
  readonly lastCode: string | null
}

export interface TracedEntry {
  readonly id: number
  readonly at: Date
  readonly record: number | null
  readonly delivery: number | null
  readonly kind: EntryKind
  readonly actor: string
  readonly detail: Readonly<Record<string, unknown>>
}

export interface TracedCertificate {
  readonly id: number
  readonly record: number
  readonly uvci: string
  readonly hc1: Buffer
  readonly dataKey: number
  readonly issuedAt: Date
  readonly expiresAt: Date
  readonly revokedAt: Date | null
}

/** What is still to be done for a message before deliveries are owed. */
export async function stepsOfMessage(db: Queryable, message: MessagePlace, shard: number): Promise<TracedStep[]> {
  const { rows } = await db.query<TracedStep>({
    name: 'trace-steps',
    text: `select stage, record, attempts::int as attempts, last_code as "lastCode", due_at as "dueAt" from step
      where stage in ('read', 'check', 'plan') and service = $1 and shard = $2 and message = $3`,
    values: [message.service, shard, message.id],
  })
  return rows
}

/** All deliveries of a message, in the order they were owed. */
export async function deliveriesOfMessage(db: Queryable, message: MessagePlace): Promise<TracedDelivery[]> {
  const { rows } = await db.query<TracedDelivery>({
    name: 'trace-deliveries',
    text: `select id, uid, record, destination, purpose, state, urgent, attempts, owed_at as "owedAt", due_at as "dueAt",
        sent_at as "sentAt", settled_at as "settledAt", reference, last_code as "lastCode"
      from delivery where message = $1 and service = $2 order by id`,
    values: [message.id, message.service],
  })
  return rows
}

/** The custody history of a message, oldest first: all of it, some entries for each of the thousands of records it may have. */
export async function entriesOfMessage(db: Queryable, message: MessagePlace): Promise<TracedEntry[]> {
  const { rows } = await db.query<TracedEntry>({
    name: 'trace-entries',
    text: `select id, at, record, delivery, kind, actor, detail from entry
      where service = $1 and message = $2 and at >= $3::timestamptz - interval '1 day' order by at, id`,
    values: [message.service, message.id, message.receivedAt.toISOString()],
  })
  return rows
}

/** The certificates made for a message's records, revoked ones included. */
export async function certificatesOfMessage(db: Queryable, message: MessagePlace): Promise<TracedCertificate[]> {
  const { rows } = await db.query<TracedCertificate>({
    name: 'trace-certificates',
    text: `select c.id, c.record, c.uvci, c.hc1, c.data_key as "dataKey", c.issued_at as "issuedAt",
        c.expires_at as "expiresAt", r.at as "revokedAt"
      from certificate c left join certificate_revocation r on r.certificate = c.id
      where c.message = $1 and c.service = $2 order by c.id`,
    values: [message.id, message.service],
  })
  return rows
}

export interface ConflictRow {
  readonly receipt: string
  readonly firstReceipt: string
  readonly senderId: number
  readonly messageId: string
  readonly receivedAt: Date
  readonly sha256: Buffer
  readonly level: 'stored' | 'spooled'
}

/** A second message under a used id, by its own receipt number. */
export async function findConflict(db: Queryable, receipt: string): Promise<ConflictRow | null> {
  const { rows } = await db.query<ConflictRow>({
    name: 'find-conflict',
    text: `select receipt, first_receipt as "firstReceipt", sender_id as "senderId", message_id as "messageId",
        received_at as "receivedAt", sha256, level from message_conflict where receipt = $1`,
    values: [receipt],
  })
  return rows[0] ?? null
}

/** A sender's message id as its key finds it: the prefix of the receipt it would have. */
export interface MessageIdKey {
  readonly prefix: string
  readonly senderId: number
}

/** The receipts under one message id, of any of these senders; those of later messages under a used id too. */
export async function receiptsOfMessageId(
  db: Queryable,
  messageId: string,
  keys: readonly MessageIdKey[],
): Promise<string[]> {
  const { rows } = await db.query<{ receipt: string }>({
    text: `with wanted as (select * from unnest($2::bigint[], $3::int[]) as w(prefix, sender_id))
      select k.receipt from wanted w join message_key k
        on k.prefix = w.prefix and k.sender_id = w.sender_id and k.message_id = $1
      union all
      select c.receipt from wanted w join message_conflict c
        on c.prefix = w.prefix and c.sender_id = w.sender_id and c.message_id = $1`,
    values: [messageId, keys.map((key) => key.prefix), keys.map((key) => key.senderId)],
  })
  return rows.map((row) => row.receipt)
}
