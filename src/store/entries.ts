import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'

/** What can happen to a message, record or delivery. One word per thing; docs and screens use the same. */
export type EntryKind =
  | 'accepted'
  | 'conflict'
  | 'read'
  | 'unreadable'
  | 'record-read'
  | 'record-refused'
  | 'reinstated'
  | 'refused-later'
  | 'passed'
  | 'withheld'
  | 'owed'
  | 'sent'
  | 'pending'
  | 'acknowledged'
  | 'refused-by-destination'
  | 'failed'
  | 'unknown'
  | 'withdrawn'
  | 'urgent'
  | 'replayed'
  | 'certified'
  | 'not-certified'
  | 'revoked'
  | 'unmatched-acknowledgement'
  | 'corrected'
  | 'replaces-nothing'
  | 'control-id-reused'

/** One line of custody history. `tell`: the sender's status feed carries it. `detail` holds codes and ids, never identities. */
export interface NewEntry {
  readonly message: number
  /** When that message was received: finds its partition. */
  readonly receivedAt: Date
  readonly record: number | null
  readonly delivery: number | null
  readonly senderId: number
  readonly kind: EntryKind
  readonly actor: string
  readonly tell: boolean
  readonly detail: Readonly<Record<string, unknown>>
}

/** Appends entries of one service in the given order. */
export async function insertEntries(tx: Queryable, service: Service, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return
  await tx.query({
    name: 'insert-entries',
    text: `insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, tell, detail)
      select $1, e.message, e.received_at, e.record, e.delivery, e.sender_id, e.kind, e.actor, e.tell, e.detail
      from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::text[], $7::text[], $8::bool[], $9::jsonb[],
        $10::timestamptz[])
        with ordinality as e(message, record, delivery, sender_id, kind, actor, tell, detail, received_at, place)
      order by e.place`,
    values: [
      service,
      entries.map((e) => e.message),
      entries.map((e) => e.record),
      entries.map((e) => e.delivery),
      entries.map((e) => e.senderId),
      entries.map((e) => e.kind),
      entries.map((e) => e.actor),
      entries.map((e) => e.tell),
      entries.map((e) => JSON.stringify(e.detail)),
      entries.map((e) => e.receivedAt.toISOString()),
    ],
  })
}
