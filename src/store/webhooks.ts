import type { Queryable } from './connect.ts'
import type { Cursor } from './status-feed.ts'

/** A sender's webhook that is due: where it is, what it was sealed with, what it saw last. */
export interface WebhookRow {
  readonly senderId: number
  readonly url: string
  readonly secret: Buffer
  readonly cursor: Cursor
  /** The last event of a call that was begun and not taken; null when the next call is a new one. */
  readonly tried: Cursor | null
  readonly failures: number
}

/** Sets a sender's webhook from now on; what lies before is read from the status feed. `secret` is sealed. */
export async function setWebhook(db: Queryable, senderId: number, url: string, secret: Buffer): Promise<void> {
  await db.query({
    text: `insert into webhook (sender_id, url, secret, cursor_xid)
      values ($1, $2, $3, (pg_snapshot_xmin(pg_current_snapshot())::text::numeric - 1)::text::xid8)
      on conflict (sender_id) do update set url = excluded.url, secret = excluded.secret, failures = 0, due_at = now(),
        stopped_reason = null`,
    values: [senderId, url, secret],
  })
}

/**
 * Takes up to `limit` due webhooks for `seconds`; other nodes take others. An ended client is told nothing more. No
 * transaction stays open while a receiver is waited for, because an open one holds up everybody who reads on from a cursor.
 */
export async function takeDueWebhooks(db: Queryable, limit: number, seconds: number): Promise<WebhookRow[]> {
  type Row = Omit<WebhookRow, 'cursor' | 'tried'> & Cursor & { triedXid: string | null; triedId: number }
  const { rows } = await db.query<Row>({
    name: 'take-webhooks',
    text: `update webhook t set due_at = now() + make_interval(secs => $2) from (
        select sender_id from webhook w where stopped_reason is null and due_at <= now()
          and exists (select 1 from sender s where s.id = w.sender_id and s.ended_at is null) and exists (
          select 1 from entry e where e.sender_id = w.sender_id and e.tell and (e.xid, e.id) > (w.cursor_xid, w.cursor_id)
            and e.xid < pg_snapshot_xmin(pg_current_snapshot()))
        order by due_at limit $1 for update skip locked
      ) due where t.sender_id = due.sender_id
      returning t.sender_id as "senderId", t.url, t.secret, t.cursor_xid::text as xid, t.cursor_id as id,
        t.tried_xid::text as "triedXid", t.tried_id as "triedId", t.failures`,
    values: [limit, seconds],
  })
  return rows.map(({ xid, id, triedXid, triedId, ...row }) => ({
    ...row,
    cursor: { xid, id },
    tried: triedXid === null ? null : { xid: triedXid, id: triedId },
  }))
}

/** A call with the events up to `cursor` begins. */
export async function tryWebhook(db: Queryable, senderId: number, cursor: Cursor): Promise<void> {
  await db.query({
    name: 'try-webhook',
    text: 'update webhook set tried_xid = $2::xid8, tried_id = $3 where sender_id = $1',
    values: [senderId, cursor.xid, cursor.id],
  })
}

/** The events up to `cursor` were taken; never moves back. */
export async function moveWebhook(db: Queryable, senderId: number, cursor: Cursor): Promise<void> {
  await db.query({
    name: 'move-webhook',
    text: `update webhook set cursor_xid = $2::xid8, cursor_id = $3, tried_xid = null, tried_id = null, failures = 0, due_at = now()
      where sender_id = $1 and (cursor_xid, cursor_id) < ($2::xid8, $3::bigint)`,
    values: [senderId, cursor.xid, cursor.id],
  })
}

/** The events were not taken: again after `seconds`; for good when a reason to stop is given. */
export async function postponeWebhook(
  db: Queryable,
  senderId: number,
  seconds: number,
  stop: string | null,
): Promise<void> {
  await db.query({
    name: 'postpone-webhook',
    text: `update webhook set failures = failures + 1, due_at = now() + make_interval(secs => $2), stopped_reason = $3
      where sender_id = $1`,
    values: [senderId, seconds, stop],
  })
}
