import { destinationStates } from '../store/destinations.ts'
import { pausesOver, runningPauses, type Pause } from '../store/pauses.ts'
import { failingProbes } from '../store/probes.ts'
import { oldestOwed, stuckSteps, type OldestOwed } from '../store/troubles.ts'
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
 * What is owed to a destination for longer than it may be: its own bound, from its file. What a person keeps paused, all of
 * it or one service or form kind, is not its delay: who did it and since when is told instead.
 */
export function lateLook(destinations: readonly { readonly name: string; readonly lateAfterMs: number }[]): Look {
  return {
    name: 'late',
    kinds: ['destination-late', 'paused-late'],
    everyMs: 10_000,
    async look(db) {
      const [owed, pauses] = await Promise.all([oldestOwed(db), runningPauses(db)])
      const found = new Map<string, Finding>()
      for (const line of owed.toSorted((a, b) => a.owedAt.getTime() - b.owedAt.getTime())) {
        const bound = destinations.find(({ name }) => name === line.destination)?.lateAfterMs ?? Infinity
        if (Date.now() - line.owedAt.getTime() <= bound) continue
        const finding = lateness(line, bound, pausesOver(pauses, line)[0])
        // The oldest of each speaks for the others.
        const key = `${finding.kind} ${finding.scope}`
        if (!found.has(key)) found.set(key, finding)
      }
      return [...found.values()]
    },
  }
}

function lateness({ destination, owedAt }: OldestOwed, bound: number, pause: Pause | undefined): Finding {
  const late = { owedSince: owedAt.toISOString(), bound: bound / 1_000 }
  if (pause === undefined) return { kind: 'destination-late', scope: destination, detail: late }
  const { owner: by, reason, since } = pause
  return { kind: 'paused-late', scope: destination, detail: { ...late, by, reason, since: since.toISOString() } }
}

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
