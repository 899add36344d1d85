import type { Log } from '../kernel/log.ts'
import { isDatabaseAway, type Database } from '../store/connect.ts'
import { signOfLife, type NodeFacts, type NodeRow } from '../store/nodes.ts'

export interface HeartbeatDeps {
  readonly db: Database
  readonly log: Log
  readonly name: string
  readonly url: string
  readonly roles: readonly string[]
  readonly version: string
  readonly facts: () => Promise<NodeFacts>
  readonly draining: () => boolean
}

const everyMilliseconds = 2_000

/** Writes a sign of life every two seconds; the last one says that the node stopped in order, so nobody looks for it. */
export function startHeartbeat(deps: HeartbeatDeps): { stop(): Promise<void> } {
  const startedAt = new Date()
  const tell = async (state: NodeRow['state']): Promise<void> => {
    const { name, url, roles, version } = deps
    try {
      const facts = await deps.facts()
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
