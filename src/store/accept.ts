import { bytesArray, int4Array, int8Array, momentArray, textsArray, uuidArray } from './binary-array.ts'
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
// Each array is a scan of its own in the server, so what is alike for most of a batch travels once, as a kind.
const acceptText = `
with input as materialized (
  select nextval('message_id') as id, i.place, i.receipt, i.prefix, i.sender_id, i.message_id, i.received_at, i.size,
    i.body, substring($8::bytea from i.place::int * 32 - 31 for 32) as sha256, ($13::text[])[i.place] as traceparent,
    ($9::text[])[i.kind] as service, ($10::text[])[i.kind] as format, ($11::int[])[i.kind] as data_key,
    ($12::text[])[i.kind] as level
  from unnest($1::uuid[], $2::bigint[], $3::int[], $4::text[], $5::timestamptz[], $6::int[], $7::bytea[], $16::int[])
    with ordinality as i(receipt, prefix, sender_id, message_id, received_at, size, body, kind, place)
), fresh as (
  insert into message_key (prefix, sender_id, message_id, receipt, message, service, received_at)
  select prefix, sender_id, message_id, receipt, id, service, received_at from input
  order by prefix, sender_id, message_id
  on conflict do nothing
  returning message
), won as materialized (
  select i.* from input i join fresh f on f.message = i.id order by i.id
), kept as (
  insert into message (id, service, received_at, receipt, sender_id, message_id, format, sha256, size, body, data_key,
    level, node, traceparent)
  select id, service, received_at, receipt, sender_id, message_id, format, sha256, size, body, data_key, level, $14,
    traceparent
  from won
), todo as (
  insert into step (stage, service, shard, message, received_at, due_at)
  select 'read', service, sender_id % 8, id, received_at, now() from won
), told as (
  insert into entry (service, at, message, received_at, sender_id, kind, actor, detail)
  select service, clock_timestamp(), id, received_at, sender_id, 'accepted', $15, '{}' from won
)
select i.place from input i where i.id not in (select message from fresh)`

/**
 * Stores a batch of messages with key, step and entry in one statement. Returns the places in `rows` that were not new:
 * they had a key already (whose message may have other bytes: `findKeys` tells).
 *
 * The batch must not hold one (sender, message id) twice.
 */
export async function insertMessages(db: Queryable, rows: readonly MessageRow[], node: string): Promise<Set<number>> {
  const kinds = kindsOf(rows)
  const { rows: known } = await db.query<{ place: number }>({
    name: 'accept-messages',
    text: acceptText,
    values: [
      uuidArray(rows.map((row) => row.receipt)),
      int8Array(rows.map((row) => BigInt(row.prefix))),
      int4Array(rows.map((row) => row.senderId)),
      textsArray(rows.map((row) => row.messageId)),
      momentArray(rows.map((row) => row.receivedAt)),
      int4Array(rows.map((row) => row.size)),
      bytesArray(rows.map((row) => row.body)),
      Buffer.concat(rows.map((row) => row.sha256)),
      kinds.different.map((kind) => kind.service),
      kinds.different.map((kind) => kind.format),
      kinds.different.map((kind) => kind.dataKey),
      kinds.different.map((kind) => kind.level),
      rows.some((row) => row.traceparent !== null) ? rows.map((row) => row.traceparent) : [],
      node,
      `hub:${node}`,
      int4Array(kinds.numbers),
    ],
  })
  return new Set(known.map((row) => row.place - 1))
}

type Kind = Pick<MessageRow, 'service' | 'format' | 'dataKey' | 'level'>

/** The few different kinds of a batch, and which one each row is of, counted from 1. */
function kindsOf(rows: readonly MessageRow[]): { readonly different: readonly Kind[]; readonly numbers: number[] } {
  const different: Kind[] = []
  const numbers = rows.map((row) => {
    const known = different.findIndex(
      (kind) =>
        kind.service === row.service &&
        kind.format === row.format &&
        kind.dataKey === row.dataKey &&
        kind.level === row.level,
    )
    return known < 0 ? different.push(row) : known + 1
  })
  return { different, numbers }
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

/**
 * Keeps the second bytes of a conflict, once, with an entry on the first message that the sender's status feed tells. Says
 * when these bytes came first, and whether that was before.
 */
export async function insertConflict(
  db: Queryable,
  row: MessageRow,
  firstReceipt: string,
  node: string,
): Promise<{ readonly receivedAt: Date; readonly repeated: boolean }> {
  const { rows } = await db.query<{ earlier: Date | null; kept: boolean }>({
    name: 'insert-conflict',
    text: `with kept as (
        insert into message_conflict (receipt, first_receipt, prefix, sender_id, message_id, service, received_at, format,
          sha256, body, data_key, level, node)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        on conflict (receipt) do nothing returning receipt
      ), told as (
        insert into entry (service, message, received_at, sender_id, kind, actor, tell, detail)
        select k.service, k.message, k.received_at, k.sender_id, 'conflict', $14, true, jsonb_build_object('receipt', $1::uuid, 'level', $12::text)
        from message_key k, kept where k.prefix = $3 and k.sender_id = $4 and k.message_id = $5
      )
      select exists (select from kept) as kept, (select received_at from message_conflict where receipt = $1) as earlier`,
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
  const [found] = rows
  // Of two at the same moment the later one does not see the earlier: then its own time is as good.
  return { receivedAt: found?.earlier ?? row.receivedAt, repeated: found?.kept === false }
}
