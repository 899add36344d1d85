import { destinationStates } from '../store/destinations.ts'
import { runningPauses, type Pause } from '../store/pauses.ts'
import { failingProbes } from '../store/probes.ts'
import { oldestOwed, stuckSteps } from '../store/troubles.ts'
import type { Finding, Look } from './look.ts'

/** The last probe of a node did not arrive; the scope names the node and the stop. One statement. */
export function probeLook(everyMs: number, patienceMs: number): Look {
  return {
    name: 'probes',
    kinds: ['probe-failed'],
    everyMs: 2_000,
    async look(db) {
      const failing = await failingProbes(db, (everyMs * 3 + patienceMs) / 1_000)
      return failing.map(({ node, stop, code, receipt, endedAt }) => ({
        kind: 'probe-failed' as const,
        scope: `${node}: ${stop}`,
        detail: { node, stop, code, receipt, endedAt: endedAt.toISOString() },
      }))
    },
  }
}

/**
 * What is owed to a destination for longer than it may be: its own bound, from its file. While a person keeps the whole
 * destination paused that is not its delay: who did it and since when is told instead.
 */
export function lateLook(destinations: readonly { readonly name: string; readonly lateAfterMs: number }[]): Look {
  return {
    name: 'late',
    kinds: ['destination-late', 'paused-late'],
    everyMs: 10_000,
    async look(db) {
      const [owed, pauses] = await Promise.all([oldestOwed(db), runningPauses(db)])
      return owed.flatMap(({ destination, owedAt }): Finding[] => {
        const bound = destinations.find(({ name }) => name === destination)?.lateAfterMs ?? Infinity
        if (Date.now() - owedAt.getTime() <= bound) return []
        const late = { owedSince: owedAt.toISOString(), bound: bound / 1_000 }
        const pause = pauses.find((one) => isWhole(one, destination))
        if (pause === undefined) return [{ kind: 'destination-late' as const, scope: destination, detail: late }]
        const { owner: by, reason, since } = pause
        const detail = { ...late, by, reason, since: since.toISOString() }
        return [{ kind: 'paused-late' as const, scope: destination, detail }]
      })
    },
  }
}

/** A pause of one service or form kind leaves the others to be late. */
const isWhole = ({ what, service, formKind, destination: paused }: Pause, destination: string): boolean =>
  what === 'delivery' && service === null && formKind === null && (paused === null || paused === destination)

/** A breaker that keeps a destination in peace; while it is tried the trouble is not over. */
export function breakerLook(destinations: readonly { readonly name: string }[]): Look {
  return {
    name: 'breakers',
    kinds: ['breaker-open'],
    everyMs: 2_000,
    async look(db) {
      const states = await destinationStates(db)
      return states
        .filter(({ destination, breaker }) => breaker !== 'closed' && destinations.some((d) => d.name === destination))
        .map(({ destination, lastCode }) => ({ kind: 'breaker-open', scope: destination, detail: { code: lastCode } }))
    },
  }
}

/** A batch is done in a moment; what is due for two minutes is done by nobody. */
const undoneSeconds = 120
/** Pauses between attempts double from a second on: the fifth attempt comes after half a minute. */
const tooManyAttempts = 5

/** Work inside the hub that stands still. */
export const stuckLook: Look = {
  name: 'stuck',
  kinds: ['steps-stuck'],
  everyMs: 10_000,
  async look(db) {
    const stuck = await stuckSteps(db, undoneSeconds, tooManyAttempts)
    return stuck.map(({ stage, service, ...detail }) => ({
      kind: 'steps-stuck',
      scope: `${service} ${stage}`,
      detail,
    }))
  },
}
