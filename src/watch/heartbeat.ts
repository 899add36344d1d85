import { setTimeout as sleep } from 'node:timers/promises'
import { SluisError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import { isDatabaseAway, type Database } from '../store/connect.ts'
import { takeNodeName } from '../store/node-names.ts'
import { signOfLife, type NodeFacts, type NodeRow } from '../store/nodes.ts'

export interface HeartbeatDeps {
  readonly db: Database
  readonly log: Log
  readonly name: string
  /** Of its data folder: tells it from another node of the same name. */
  readonly folder: string
  readonly url: string
  readonly roles: readonly string[]
  readonly version: string
  readonly facts: () => Promise<NodeFacts>
  readonly draining: () => boolean
}

const everyMilliseconds = 2_000

const lookAgainMilliseconds = 500

/**
 * Makes sure that no other node has the name of this one: two would write over what each tells of its disk, and end each
 * other's leases. One that gave no sign of life for a while is waited for. Throws `node-name-taken` when it gives another.
 */
export async function takeName(
  node: Pick<HeartbeatDeps, 'db' | 'name' | 'folder' | 'url' | 'roles' | 'version'>,
  stopping: () => boolean = () => false,
): Promise<void> {
  let seenAt: number | undefined
  for (;;) {
    const holder = await takeNodeName(node.db, node)
    if (holder === null) return
    seenAt ??= holder.seenAt.getTime()
    if (holder.seenAt.getTime() !== seenAt || stopping())
      throw new SluisError('node-name-taken', { node: node.name, url: holder.url ?? '' })
    await sleep(lookAgainMilliseconds)
  }
}

/** Writes a sign of life every two seconds; the last one says that the node stopped in order, so nobody looks for it. */
export function startHeartbeat(deps: HeartbeatDeps): { stop(): Promise<void> } {
  const startedAt = new Date()
  const tell = async (state: NodeRow['state']): Promise<void> => {
    const { name, url, roles, version } = deps
    try {
      const facts = { ...(await deps.facts()), folder: deps.folder }
      await signOfLife(deps.db, { name, url, roles, version, state, facts }, startedAt)
    } catch (error) {
      if (!isDatabaseAway(error)) deps.log.error('sign-of-life-failed', {}, error)
    }
  }
  // One after the other: a slow one that lands behind that of the stop would have the node missed for ever.
  let underWay: Promise<void> | null = null
  const beat = (): void => {
    underWay ??= tell(deps.draining() ? 'draining' : 'up').finally(() => (underWay = null))
  }
  beat()
  const timer = setInterval(beat, everyMilliseconds)
  return {
    async stop() {
      clearInterval(timer)
      await underWay
      await tell('stopped')
    },
  }
}
