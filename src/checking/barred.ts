import type { BarredRule } from '../rules/bars.ts'
import type { Database } from '../store/connect.ts'
import { listNodes, silentSeconds, type NodeFacts } from '../store/nodes.ts'

/** What a node tells of the rules it does not ask now, with its sign of life. */
export function barredFacts(barred: readonly BarredRule[]): NodeFacts {
  return { rulesBarred: [...new Set(barred.map(({ pack, rule }) => `${pack} ${rule}`))].toSorted().join(', ') }
}

/** Finds rules that a node does not ask for some minutes, because they stood still: nobody else would notice. */
export const barredLook = {
  name: 'barred-rules',
  kinds: ['rule-barred'] as const,
  everyMs: 2_000,
  look: async (db: Database) => {
    const nodes = (await listNodes(db)).filter(
      ({ state, silentFor }) => state !== 'stopped' && silentFor <= silentSeconds,
    )
    return nodes.flatMap(({ name, facts }) =>
      String(facts['rulesBarred'] ?? '')
        .split(', ')
        .filter((rule) => rule !== '')
        .map((rule) => ({ kind: 'rule-barred' as const, scope: `${rule} (${name})`, detail: {} })),
    )
  },
}
