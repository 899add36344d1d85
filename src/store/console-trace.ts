import { SluisError } from '../kernel/errors.ts'
import type { Queryable } from './connect.ts'

/** What a screen tells of a message beside its trace. */
export interface MessageAbout {
  /** Row and size in bytes; null for a second message under a used number, which has no row of its own. */
  readonly message: number | null
  readonly size: number | null
  readonly format: string
  readonly sender: string
  readonly urgentBy: string | null
  readonly urgentAt: Date | null
}

/** Sender, format, size and urgency of a message by its receipt number; null when there is none. */
export async function aboutMessage(db: Queryable, receipt: string, prefix: string): Promise<MessageAbout | null> {
  const { rows } = await db.query<MessageAbout>({
    name: 'about-message',
    text: `select m.id as message, m.size, m.format, coalesce(s.name, '') as sender, u.owner as "urgentBy", u.at as "urgentAt"
      from message_key k
      join message m on m.service = k.service and m.id = k.message and m.received_at = k.received_at
      left join sender s on s.id = m.sender_id
      left join lateral (select owner, at from urgent_mark u where u.message = m.id order by at limit 1) u on true
      where k.prefix = $1 and k.receipt = $2
      union all
      select null, null, c.format, coalesce(s.name, ''), null, null
      from message_conflict c left join sender s on s.id = c.sender_id where c.prefix = $1 and c.receipt = $2`,
    values: [prefix, receipt],
  })
  return rows[0] ?? null
}

/** Receipts of messages that carry a sender's own number, by the prefixes it can have; newest first, at most twenty. */
export async function receiptsOfMessageId(
  db: Queryable,
  prefixes: readonly string[],
  messageId: string,
): Promise<string[]> {
  const { rows } = await db.query<{ receipt: string }>({
    text: `select receipt from message_key where prefix = any($1::bigint[]) and message_id = $2
      order by received_at desc limit 20`,
    values: [prefixes, messageId],
  })
  return rows.map((row) => row.receipt)
}

/**
 * The record a certificate was made for, by its identifier (UVCI): receipt and place in the message. Null when no such
 * certificate was given; throws `content-destroyed` when the retention of its record is over.
 */
export async function recordOfUvci(db: Queryable, uvci: string): Promise<{ receipt: string; ordinal: number } | null> {
  const { rows } = await db.query<{ receipt: string | null; ordinal: number; closed: string | null }>({
    text: `select d.receipt, d.ordinal, (select p.service || ' ' || p.period from closed_period p
        where p.service = c.service and p.to_at > c.received_at order by p.to_at limit 1) as closed
      from certificate c left join delivery d on d.id = c.delivery where c.uvci = $1`,
    values: [uvci],
  })
  const { receipt = null, ordinal = 0, closed = null } = rows[0] ?? {}
  if (receipt !== null) return { receipt, ordinal }
  if (closed !== null) throw new SluisError('content-destroyed', { key: closed })
  return null
}

/** What a sender is called; nothing when nobody has this number. */
export async function senderName(db: Queryable, id: number): Promise<string> {
  const { rows } = await db.query<{ name: string }>({ text: 'select name from sender where id = $1', values: [id] })
  return rows[0]?.name ?? ''
}

/** Numbers of all senders, ended ones too: an old message may be theirs. */
export async function senderIds(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>({ text: 'select id from sender' })
  return rows.map((row) => row.id)
}

/** Every block that holds an entry of a message, as service and number. */
export async function blocksOfMessage(
  db: Queryable,
  message: { readonly id: number; readonly service: string; readonly receivedAt: Date },
): Promise<number[]> {
  const { rows } = await db.query<{ number: number }>({
    text: `select distinct b.number from entry e join lateral (select number, to_xid, to_id from block b
        where b.service = $1 and (b.to_xid, b.to_id) >= (e.xid, e.id) order by number limit 1) b on true
      where e.service = $1 and e.message = $2 and e.at >= $3::timestamptz - interval '1 day'`,
    values: [message.service, message.id, message.receivedAt.toISOString()],
  })
  return rows.map((row) => row.number)
}
