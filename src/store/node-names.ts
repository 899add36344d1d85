import type { Queryable } from './connect.ts'
import { inItsPlace, sameFolder } from './nodes.ts'

/** Who has a name that was asked for. */
export interface NameHolder {
  readonly url: string | null
  readonly seenAt: Date
}

/**
 * Takes a name for the node of a data folder, from now on; what that folder last told of its disk stays told until it tells anew.
 * Gives the living node of another folder that has the name, and changes nothing then.
 */
export async function takeNodeName(
  db: Queryable,
  node: { name: string; url: string; roles: readonly string[]; version: string; folder: string },
): Promise<NameHolder | null> {
  const { rowCount } = await db.query({
    text: `${inItsPlace(
      '$5',
      `values ($1, $2, $3, $4, now(), now(), 'up', jsonb_build_object('folder', $5::text))`,
      `seen_at = now(), state = 'up', facts =
        (node.facts - case when ${sameFolder} then '{}' else '{spoolFrames,spoolAside}'::text[] end) || excluded.facts`,
    )} select from told`,
    values: [node.name, node.url, node.roles, node.version, node.folder],
  })
  if (rowCount !== 0) return null
  const { rows } = await db.query<NameHolder>({
    text: 'select url, seen_at as "seenAt" from node where name = $1',
    values: [node.name],
  })
  return rows[0]!
}
