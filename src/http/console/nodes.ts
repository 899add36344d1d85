import { isDatabaseAway, type Database } from '../../store/connect.ts'
import { heldMessages, listNodes, type NodeRow } from '../../store/nodes.ts'
import { uncarriedRoles } from '../../store/uncarried.ts'
import { addresses } from '../../web/addresses.ts'
import { nodesLive, nodesPage, type NodeData, type Nodes } from '../../web/pages/nodes.tsx'
import type { ConsoleDeps } from './deps.ts'
import type { LivePart } from './live.ts'
import { nodeState } from './overview.ts'
import type { Screens } from './screens.ts'

interface Facts {
  readonly at: Date
  readonly nodes: readonly NodeRow[]
}

export function nodesScreen(screens: Screens, deps: ConsoleDeps): void {
  const reader = makeReader(deps)
  screens.show(addresses.nodes, 'see-operations', async ({ view }) => nodesPage(view, await reader()))
}

export function nodesStream(deps: Pick<ConsoleDeps, 'db' | 'now'>): LivePart<Facts> {
  return {
    read: () => read(deps.db, deps.now()),
    show: (view, facts) => nodesLive(view, tell(facts)),
  }
}

const read = async (db: Database, at: Date): Promise<Facts> => ({ at, nodes: await listNodes(db) })

/** Reads the nodes; while the database is away this node still tells of itself, from its own memory. */
function makeReader(deps: ConsoleDeps): () => Promise<Nodes> {
  let seen: Facts | null = null
  return async () => {
    const at = deps.now()
    try {
      seen = await read(deps.db, at)
      return tell(seen)
    } catch (error) {
      if (!isDatabaseAway(error)) throw error
      return {
        asOf: at.toISOString(),
        database: { state: 'away', since: seen?.at.toISOString() ?? null },
        nodes: [itself(deps, at)],
        uncarried: [],
      }
    }
  }
}

function itself({ health }: ConsoleDeps, at: Date): NodeData {
  const { node, version, roles, spool, draining } = health()
  return {
    name: node,
    state: draining ? 'stopping' : 'running',
    version,
    startedAt: new Date(at.getTime() - process.uptime() * 1_000).toISOString(),
    seenAt: at.toISOString(),
    roles,
    intakePerSecond: null,
    spool: {
      messages: spool.frames,
      bytes: spool.bytes,
      oldestAt: spool.oldest,
      aside: spool.aside,
      asideSince: spool.asideSince,
    },
    clockOffMs: null,
  }
}

function tell({ at, nodes }: Facts): Nodes {
  const uncarried = uncarriedRoles(nodes).map(({ role, since }) => ({ role, since: since.toISOString() }))
  return {
    asOf: at.toISOString(),
    database: { state: 'there' },
    nodes: nodes.filter(isExpected).map(tellNode),
    uncarried,
  }
}

/** A node that stopped in order is not missed, unless messages lie on its disk; one that fell silent is. */
function isExpected(node: NodeRow): boolean {
  const { frames, aside } = heldMessages(node)
  return node.state !== 'stopped' || frames + aside > 0
}

function tellNode(node: NodeRow): NodeData {
  const { facts } = node
  const number = (name: string): number | null => (typeof facts[name] === 'number' ? facts[name] : null)
  const text = (name: string): string | null => (typeof facts[name] === 'string' ? facts[name] : null)
  const clock = number('clock')
  return {
    name: node.name,
    state: nodeState(node),
    version: node.version,
    startedAt: node.startedAt.toISOString(),
    seenAt: node.seenAt.toISOString(),
    roles: node.roles,
    intakePerSecond: number('intakePerSecond'),
    spool: {
      messages: number('spoolFrames') ?? 0,
      bytes: number('spoolBytes') ?? 0,
      oldestAt: text('spoolOldest'),
      aside: number('spoolAside') ?? 0,
      asideSince: text('spoolAsideSince'),
    },
    clockOffMs: clock === null ? null : clock - node.seenAt.getTime(),
  }
}
