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
 * Of a row of `node`: its disk may hold messages that nobody has stored yet, so that no period they may belong to is closed.
 * It says so itself, or fell silent without a word; one that somebody struck off is not waited for.
 */
export const mayHoldMessages = `(${messagesOnDisk}
  or (state <> 'stopped' and seen_at < now() - interval '${silentSeconds} seconds')) and not ${struckOff}`

/** Of a row of `node` and the one that is to take its place: both are of one data folder. Of a version that had none, too. */
export const sameFolder = `coalesce(node.facts->>'folder', excluded.facts->>'folder') is not distinct from excluded.facts->>'folder'`

/** Of a row of `node`: nobody lives under its name. */
const isFree = `(node.state = 'stopped' or node.seen_at < now() - interval '${silentSeconds} seconds')`

/** Of a row of `node` and the one that is to take its place: not while a node of another data folder lives under that name. */
const mayTakePlace = `(${isFree} or ${sameFolder})`

/**
 * Writes a row of `node` in the place of the one of its name, in the statement's `told`. When that one is of another data
 * folder whose disk may hold messages it stays, under a name of its own, until that folder tells of its disk again or somebody
 * strikes it off. `folder`: how the statement names the folder of the new row, whose name is $1.
 */
export const inItsPlace = (folder: string, insert: string, update: string): string => `with former as (
    insert into node (name, url, roles, version, started_at, seen_at, state, facts)
    select name || '~' || left(facts->>'folder', 8), url, roles, version, started_at, seen_at, state, facts - 'carried'
    from node where name = $1 and facts->>'folder' <> ${folder} and ${isFree} and ${mayHoldMessages}
    on conflict (name) do update set seen_at = excluded.seen_at, state = excluded.state, facts = excluded.facts
  ), told as (
    insert into node (name, url, roles, version, started_at, seen_at, state, facts) ${insert}
    on conflict (name) do update set ${update} where ${mayTakePlace} returning 1
  )`

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
    text: `${inItsPlace(
      `$7::jsonb->>'folder'`,
      `values ($1, $2, $3, $4, $5, now(), $6, $7::jsonb || jsonb_build_object('carried',
        (select jsonb_object_agg(role, now()) from unnest($3::text[]) as role)))`,
      `url = excluded.url, roles = excluded.roles, version = excluded.version,
        started_at = excluded.started_at, seen_at = now(), state = excluded.state,
        facts = excluded.facts || jsonb_build_object('carried',
          coalesce(node.facts->'carried', '{}') || (excluded.facts->'carried'))`,
    )}, back as (
      delete from node where exists (select from told) and name <> $1
        and facts->>'folder' = $7::jsonb->>'folder' and right(name, 9) = '~' || left(facts->>'folder', 8)
    ) select from told`,
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
