import { SluisError } from '../kernel/errors.ts'
import type { Queryable } from './connect.ts'

/** What a node tells of itself with every sign of life: numbers and words of ours. */
export type NodeFacts = Readonly<Record<string, string | number | boolean | null>>

export interface NodeRow {
  readonly name: string
  readonly url: string | null
  readonly roles: readonly string[]
  readonly version: string
  readonly state: 'up' | 'draining' | 'stopped'
  readonly startedAt: Date
  readonly seenAt: Date
  /** Seconds since the last sign of life, by the database's clock. */
  readonly silentFor: number
  readonly facts: NodeFacts
  /** When it last carried each role, in seconds ago by the database's clock. */
  readonly carried: Readonly<Record<string, number>>
}

/** A node gives a sign of life every two seconds; one that gave none for this long, and did not stop in order, is missed. */
export const silentSeconds = 8

/** Of a row of `node`: somebody struck it off, and it gave no sign of life since. */
export const struckOff = 'exists (select from node_gone g where g.name = node.name and g.at >= node.seen_at)'

/** Of a row of `node`. */
const inLastWeek = `seen_at > now() - interval '7 days'`

/** Of a row of `node`: when it was last heard of, messages lay on its disk, some of which the database refused. */
export const messagesOnDisk = `((facts->>'spoolFrames')::float8 > 0 or (facts->>'spoolAside')::float8 > 0)`

/**
 * Of a row of `node` and the one that is to take its place: not while a node of another data folder lives under that name.
 * Who tells no folder is of a version that had none.
 */
export const mayTakePlace = `(node.state = 'stopped' or node.seen_at < now() - interval '${silentSeconds} seconds'
  or coalesce(node.facts->>'folder', excluded.facts->>'folder') is not distinct from excluded.facts->>'folder')`

/** What a node last told of its disk: messages the database does not have yet, and those it refused. */
export function heldMessages({ facts }: Pick<NodeRow, 'facts'>): { readonly frames: number; readonly aside: number } {
  return { frames: Number(facts['spoolFrames'] ?? 0), aside: Number(facts['spoolAside'] ?? 0) }
}

/**
 * Writes a sign of life of this node, and remembers when it last carried each of its roles. Throws `node-name-taken` when
 * a node of another data folder lives under its name.
 */
export async function signOfLife(
  db: Queryable,
  node: {
    name: string
    url: string
    roles: readonly string[]
    version: string
    state: NodeRow['state']
    facts: NodeFacts
  },
  startedAt: Date,
): Promise<void> {
  const { rowCount } = await db.query({
    name: 'sign-of-life',
    text: `insert into node (name, url, roles, version, started_at, seen_at, state, facts)
      values ($1, $2, $3, $4, $5, now(), $6, $7::jsonb || jsonb_build_object('carried',
        (select jsonb_object_agg(role, now()) from unnest($3::text[]) as role)))
      on conflict (name) do update set url = excluded.url, roles = excluded.roles, version = excluded.version,
        started_at = excluded.started_at, seen_at = now(), state = excluded.state,
        facts = excluded.facts || jsonb_build_object('carried',
          coalesce(node.facts->'carried', '{}') || (excluded.facts->'carried'))
        where ${mayTakePlace}`,
    values: [node.name, node.url, node.roles, node.version, startedAt, node.state, JSON.stringify(node.facts)],
  })
  if (rowCount === 0) throw new SluisError('node-name-taken', { node: node.name, url: '' })
}

/** Names of the nodes that gave a sign of life in the last ten seconds and did not stop in order; none without a schema. */
export async function runningNodes(db: Queryable): Promise<string[]> {
  const { rows: made } = await db.query<{ there: boolean }>({ text: `select to_regclass('node') is not null as there` })
  if (!made[0]!.there) return []
  const { rows } = await db.query<{ name: string }>({
    text: `select name from node where state <> 'stopped' and seen_at > now() - interval '10 seconds' order by name`,
  })
  return rows.map(({ name }) => name)
}

/**
 * Every node that was ever here in the last week, silent ones included: expected against running is the roll-call. One with
 * messages on its disk is never forgotten; what it carried is, after that week. One that was struck off has stopped, and what
 * it told of itself counts no more.
 */
export async function listNodes(db: Queryable): Promise<NodeRow[]> {
  const { rows } = await db.query<NodeRow>({
    name: 'list-nodes',
    text: `select name, url, roles, version, case when ${struckOff} then 'stopped' else state end as state,
        started_at as "startedAt", seen_at as "seenAt",
        extract(epoch from now() - seen_at)::float8 as "silentFor",
        case when ${struckOff} then '{}' else facts - 'carried' end as facts,
        coalesce((select jsonb_object_agg(role, extract(epoch from now() - at::timestamptz))
          from jsonb_each_text(facts->'carried') as carried(role, at) where ${inLastWeek}), '{}') as carried
      from node where ${inLastWeek} or (${messagesOnDisk} and not ${struckOff}) order by name`,
  })
  return rows
}
