import { barredFacts } from '../checking/barred.ts'
import type { NodeFacts } from '../store/nodes.ts'
import type { NodeParts } from './parts.ts'

/** The rate is that of the last so many signs of life, two seconds apart. */
const beatsKept = 6

/**
 * What a node tells of itself with every sign of life: how it keeps messages, what lies on its disk and since when, how many
 * messages a second it took (answered 202), and what its clock says, to be held against the database's.
 */
export function nodeFacts({ accepting, spool, metrics, ruleBars }: NodeParts): () => Promise<NodeFacts> {
  const beats: { readonly at: number; readonly taken: number }[] = []
  return async () => {
    const { values } = await metrics.intake.get()
    const taken = values.find(({ labels }) => labels.status === '202')?.value ?? 0
    const now = { at: performance.now(), taken }
    beats.push(now)
    if (beats.length > beatsKept) beats.shift()
    const first = beats[0]!
    const { frames, bytes, oldest, setAside, setAsideSince } = spool.state()
    return {
      custodian: accepting.custodian().state,
      spoolFrames: frames,
      spoolBytes: bytes,
      spoolOldest: oldest?.toISOString() ?? null,
      spoolAside: setAside,
      spoolAsideSince: setAsideSince?.toISOString() ?? null,
      intakePerSecond: now.at === first.at ? null : ((taken - first.taken) * 1_000) / (now.at - first.at),
      clock: Date.now(),
      ...barredFacts(ruleBars.list()),
    }
  }
}
