import type { Queryable } from './connect.ts'
import type { EntryKind } from './entries.ts'

/** Where a reader is in the entries: the transaction and the number of the last one it saw. */
export interface Cursor {
  readonly xid: string
  readonly id: number
}

export interface ToldEntry {
  readonly xid: string
  readonly id: number
  readonly at: Date
  readonly receipt: string | null
  readonly messageId: string | null
  readonly record: number | null
  readonly ordinal: number | null
  readonly formKind: string | null
  readonly kind: EntryKind
  readonly detail: Readonly<Record<string, unknown>>
}

type EntryRow = Omit<ToldEntry, 'receipt' | 'messageId' | 'ordinal' | 'formKind'> & {
  readonly service: string
  readonly message: number
  readonly receivedAt: string
}

/**
 * What a sender is told after a cursor, oldest first. Reads only below the oldest running transaction: sequences commit out
 * of order, so a cursor on the highest number would skip what commits late.
 */
export async function toldEntries(db: Queryable, senderId: number, after: Cursor, limit: number): Promise<ToldEntry[]> {
  const { rows } = await db.query<EntryRow>({
    name: 'told-entries',
    // `e.xid` and not `xid`, which would be the text that is put out, and "10000" comes before "9999".
    text: `select e.xid::text as xid, id, at, service, message, record, kind, detail,
        to_char(received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "receivedAt"
      from entry e where sender_id = $1 and tell and (e.xid, id) > ($2::xid8, $3::bigint)
        and e.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by e.xid, id limit $4`,
    values: [senderId, after.xid, after.id, limit],
  })
  return rows.length === 0 ? [] : withNames(db, rows)
}

// Asked apart, and only when there is something: most who ask have nothing new, and each partition is part of the plan.
async function withNames(db: Queryable, entries: readonly EntryRow[]): Promise<ToldEntry[]> {
  const { rows: names } = await db.query<Pick<ToldEntry, 'receipt' | 'messageId' | 'ordinal' | 'formKind'>>({
    name: 'names-of-told',
    text: `select m.receipt, m.message_id as "messageId", r.ordinal, r.form_kind as "formKind"
      from unnest($1::text[], $2::bigint[], $3::bigint[], $4::timestamptz[]) with ordinality
        as e(service, message, record, received_at, place)
      left join message m on m.service = e.service and m.id = e.message and m.received_at = e.received_at
      left join record r on r.service = e.service and r.id = e.record and r.received_at = e.received_at
      order by e.place`,
    values: [
      entries.map((entry) => entry.service),
      entries.map((entry) => entry.message),
      entries.map((entry) => entry.record),
      entries.map((entry) => entry.receivedAt),
    ],
  })
  return entries.map(({ service: _s, message: _m, receivedAt: _r, ...entry }, place) => ({
    ...entry,
    ...names[place]!,
  }))
}
