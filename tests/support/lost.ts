import { recordsNowhere } from '../../src/store/drill-facts.ts'
import type { Database } from '../../src/store/connect.ts'

/**
 * What went lost inside a hub that has come to rest: messages of which more records were read than there are, and records that
 * passed and lead nowhere.
 */
export async function lostInside(db: Database): Promise<string[]> {
  const { rows } = await db.pool.query<{ message: string; told: number; there: number }>(
    `select e.message, t.told, count(r.id)::int as there
      from entry e cross join lateral (select (e.detail->>'records')::int as told) t
      left join record r on r.service = e.service and r.received_at = e.received_at and r.message = e.message
      where e.kind = 'read' and e.record is null group by e.id, e.message, t.told
      having t.told is distinct from count(r.id)::int`,
  )
  const unread = rows.map(({ message, told, there }) => `message ${message}: ${told} records read, ${there} there`)
  return [...unread, ...(await recordsNowhere(db)).map((receipt) => `a record of ${receipt} leads nowhere`)]
}
