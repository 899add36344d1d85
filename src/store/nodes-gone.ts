import type { Queryable } from './connect.ts'
import { mayHoldMessages, silentSeconds, struckOff } from './nodes.ts'

/** A node that is waited for, or was struck off. */
export interface MissedNode {
  readonly name: string
  readonly seenAt: Date
  /** Messages on its disk when it was last heard of. */
  readonly spooled: number
  /** Since when some of them are kept because the database refuses them. */
  readonly refusedSince: string | null
  readonly gone: { readonly at: Date; readonly actor: string; readonly why: string } | null
}

/** Nodes whose disk may hold messages, and those struck off that did not come back; the longest silent first. */
export async function missedNodes(db: Queryable): Promise<MissedNode[]> {
  const { rows } = await db.query<Omit<MissedNode, 'gone'> & { at: Date | null; actor: string; why: string }>({
    text: `select node.name, seen_at as "seenAt", last.*,
        coalesce((facts ->> 'spoolFrames')::float8, 0) + coalesce((facts ->> 'spoolAside')::float8, 0) as spooled,
        case when (facts ->> 'spoolAside')::float8 > 0 then facts ->> 'spoolAsideSince' end as "refusedSince"
      from node left join lateral (select at, actor, why from node_gone g
        where g.name = node.name and g.at >= node.seen_at order by g.id desc limit 1) last on true
      where (${mayHoldMessages}) or ${struckOff} order by seen_at`,
  })
  return rows.map(({ at, actor, why, ...node }) => ({ ...node, gone: at === null ? null : { at, actor, why } }))
}

/** Writes that a node never comes back. False, and nothing is written, when it runs; null when there never was such a node. */
export async function strikeOff(
  db: Queryable,
  { name, actor, why }: { readonly name: string; readonly actor: string; readonly why: string },
): Promise<boolean | null> {
  const { rows } = await db.query<{ struck: boolean }>({
    text: `with known as (
        select name, state <> 'stopped' and seen_at >= now() - interval '${silentSeconds} seconds' as runs from node where name = $1
      ), struck as (
        insert into node_gone (name, actor, why) select name, $2, $3 from known where not runs returning 1
      )
      select exists (select from struck) as struck from known`,
    values: [name, actor, why],
  })
  return rows[0]?.struck ?? null
}
