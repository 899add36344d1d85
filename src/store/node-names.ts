import type { Queryable } from './connect.ts'
import { mayTakePlace } from './nodes.ts'

/** Who has a name that was asked for. */
export interface NameHolder {
  readonly url: string | null
  readonly seenAt: Date
}

/**
 * Takes a name for the node of a data folder, from now on; what it last told of its disk stays told until it tells anew.
 * Gives the living node of another folder that has the name, and changes nothing then.
 */
export async function takeNodeName(
  db: Queryable,
  node: { name: string; url: string; roles: readonly string[]; version: string; folder: string },
): Promise<NameHolder | null> {
  const { rowCount } = await db.query({
    text: `insert into node (name, url, roles, version, started_at, seen_at, state, facts)
      values ($1, $2, $3, $4, now(), now(), 'up', jsonb_build_object('folder', $5::text))
      on conflict (name) do update set seen_at = now(), state = 'up', facts = node.facts || excluded.facts
        where ${mayTakePlace}`,
    values: [node.name, node.url, node.roles, node.version, node.folder],
  })
  if (rowCount !== 0) return null
  const { rows } = await db.query<NameHolder>({
    text: 'select url, seen_at as "seenAt" from node where name = $1',
    values: [node.name],
  })
  return rows[0]!
}
