import { recordName } from '../kernel/ids.ts'
import type { Database } from '../store/connect.ts'
import { toldEntries, type Cursor, type ToldEntry } from '../store/status-feed.ts'

/** One thing a sender is told about what it handed over. `state` is the word of the entry. */
export interface StatusEvent {
  readonly cursor: string
  readonly at: string
  readonly receipt: string | null
  readonly messageId: string | null
  readonly recordId: string | null
  readonly kind: string | null
  readonly state: string
  readonly detail: Readonly<Record<string, unknown>>
}

export interface StatusPage {
  readonly events: readonly StatusEvent[]
  /** To ask for what comes after; the same cursor again gives the same events again (at least once). */
  readonly next: string
}

/** Reads a cursor text `<xid>-<id>`; the beginning when it is empty, null when it is none. */
export function parseCursor(text: string): Cursor | null {
  if (text === '') return { xid: '0', id: 0 }
  const match = /^(\d{1,19})-(\d{1,15})$/.exec(text)
  return match === null ? null : { xid: match[1]!, id: Number(match[2]) }
}

export const cursorText = (cursor: Cursor): string => `${cursor.xid}-${cursor.id}`

/** What a sender is told after a cursor; at most `limit` events. */
export async function statusFeed(db: Database, senderId: number, after: Cursor, limit: number): Promise<StatusPage> {
  const entries = await toldEntries(db, senderId, after, limit)
  const events = entries.map(toEvent)
  return { events, next: events.at(-1)?.cursor ?? cursorText(after) }
}

function toEvent(entry: ToldEntry): StatusEvent {
  return {
    cursor: cursorText(entry),
    at: entry.at.toISOString(),
    receipt: entry.receipt,
    messageId: entry.messageId,
    recordId: entry.receipt === null || entry.ordinal === null ? null : recordName(entry.receipt, entry.ordinal),
    kind: entry.formKind,
    state: entry.kind,
    detail: entry.detail,
  }
}
