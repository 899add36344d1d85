import type { Queryable } from './connect.ts'

/** One message as it goes into the database; `body` is encrypted already. */
export interface MessageRow {
  readonly receipt: string
  readonly prefix: string
  readonly senderId: number
  readonly messageId: string
  readonly service: string
  readonly receivedAt: Date
  readonly format: string
  readonly sha256: Buffer
  readonly size: number
  readonly body: Buffer
  readonly dataKey: number
  readonly level: 'stored' | 'spooled'
  readonly traceparent: string | null
}

// Ids are drawn in the order of arrival; keys go in sorted, because unsorted lanes deadlock on each other's keys.
// Bodies and hashes travel as one binary parameter each and are cut apart in the server: an array of bytea would go as hex.
const acceptText = `
with input as materialized (
  select nextval('message_id') as id, i.* from unnest(
    $1::uuid[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::int[], $9::int[],
    $10::int[], $11::int[], $12::text[], $13::text[], $14::int[]
  ) as i(receipt, prefix, sender_id, message_id, service, received_at, format, size, data_key,
    body_from, body_length, level, traceparent, place)
), fresh as (
  insert into message_key (prefix, sender_id, message_id, receipt, message, service, received_at)
  select prefix, sender_id, message_id, receipt, id, service, received_at from input
  order by prefix, sender_id, message_id
  on conflict do nothing
  returning message
), kept as (
  insert into message (id, service, received_at, receipt, sender_id, message_id, format, sha256, size, body, data_key,
    level, node, traceparent)
  select i.id, i.service, i.received_at, i.receipt, i.sender_id, i.message_id, i.format,
    substring($15::bytea from i.place * 32 + 1 for 32), i.size,
    substring($16::bytea from i.body_from for i.body_length), i.data_key, i.level, $17, i.traceparent
  from input i join fresh f on f.message = i.id order by i.id
), todo as (
  insert into step (stage, service, shard, message, received_at, due_at)
  select 'read', i.service, i.sender_id % 8, i.id, i.received_at, now()
  from input i join fresh f on f.message = i.id
), told as (
  insert into entry (service, at, message, received_at, sender_id, kind, actor, detail)
  select i.service, clock_timestamp(), i.id, i.received_at, i.sender_id, 'accepted', $18, '{}'
  from input i join fresh f on f.message = i.id order by i.id
)
select i.place from input i join fresh f on f.message = i.id`

/**
 * Stores a batch of messages with key, step and entry in one statement. Returns the places in `rows` that were new; the
 * others had a key already (whose message may have other bytes: `findKeys` tells).
 *
 * The batch must not hold one (sender, message id) twice.
 */
export async function insertMessages(db: Queryable, rows: readonly MessageRow[], node: string): Promise<Set<number>> {
  let at = 1
  const starts = rows.map((row) => {
    const start = at
    at += row.body.length
    return start
  })
  const { rows: fresh } = await db.query<{ place: number }>({
    name: 'accept-messages',
    text: acceptText,
    values: [
      rows.map((row) => row.receipt),
      rows.map((row) => row.prefix),
      rows.map((row) => row.senderId),
      rows.map((row) => row.messageId),
      rows.map((row) => row.service),
      rows.map((row) => row.receivedAt.toISOString()),
      rows.map((row) => row.format),
      rows.map((row) => row.size),
      rows.map((row) => row.dataKey),
      starts,
      rows.map((row) => row.body.length),
      rows.map((row) => row.level),
      rows.map((row) => row.traceparent),
      rows.map((_, place) => place),
      Buffer.concat(rows.map((row) => row.sha256)),
      Buffer.concat(rows.map((row) => row.body)),
      node,
      `hub:${node}`,
    ],
  })
  return new Set(fresh.map((row) => row.place))
}

export interface KeyRow {
  readonly prefix: string
  readonly senderId: number
  readonly messageId: string
  readonly receipt: string
  readonly receivedAt: Date
  readonly level: 'stored' | 'spooled'
}

/**
 * What is known under these keys, also when retention dropped the message. A statement of its own, because the winner of `on conflict do nothing` is invisible to
 * the statement that lost.
 */
export async function findKeys(
  db: Queryable,
  wanted: readonly { prefix: string; senderId: number; messageId: string }[],
): Promise<KeyRow[]> {
  const { rows } = await db.query<KeyRow>({
    name: 'find-keys',
    text: `select k.prefix::text as prefix, k.sender_id as "senderId", k.message_id as "messageId", k.receipt,
        k.received_at as "receivedAt", coalesce(m.level, 'stored') as level
      from unnest($1::bigint[], $2::int[], $3::text[]) as w(prefix, sender_id, message_id)
      join message_key k using (prefix, sender_id, message_id)
      left join message m on m.id = k.message and m.received_at = k.received_at and m.service = k.service
      where m.id is not null or exists (select from closed_period c where c.service = k.service and c.to_at > k.received_at)`,
    values: [wanted.map((w) => w.prefix), wanted.map((w) => w.senderId), wanted.map((w) => w.messageId)],
  })
  return rows
}

/** Keeps the second bytes of a conflict, once, with an entry on the first message that the sender's status feed tells. */
export async function insertConflict(
  db: Queryable,
  row: MessageRow,
  firstReceipt: string,
  node: string,
): Promise<void> {
  await db.query({
    name: 'insert-conflict',
    text: `with kept as (
        insert into message_conflict (receipt, first_receipt, prefix, sender_id, message_id, service, received_at, format,
          sha256, body, data_key, level, node)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        on conflict (receipt) do nothing returning receipt)
      insert into entry (service, message, received_at, sender_id, kind, actor, tell, detail)
      select k.service, k.message, k.received_at, k.sender_id, 'conflict', $14, true, jsonb_build_object('receipt', $1::uuid, 'level', $12::text)
      from message_key k, kept where k.prefix = $3 and k.sender_id = $4 and k.message_id = $5`,
    values: [
      row.receipt,
      firstReceipt,
      row.prefix,
      row.senderId,
      row.messageId,
      row.service,
      row.receivedAt,
      row.format,
      row.sha256,
      row.body,
      row.dataKey,
      row.level,
      node,
      `hub:${node}`,
    ],
  })
}
