import { services } from '../formats/record.ts'
import type { RuleWorkers } from '../rules/workers.ts'
import type { Queryable } from '../store/connect.ts'
import type { RuleSets } from './rule-sets.ts'
import { judgingFor } from './standing.ts'

/**
 * Starts one thread and lets it load the versions that count for most senders: the first result after a start would wait
 * more than a second for it. The other threads start when there is more than one has hands for.
 *
 * @example await warmUp(db, ruleSets, workers)
 */
export async function warmUp(db: Queryable, ruleSets: RuleSets, workers: Pick<RuleWorkers, 'prepare'>): Promise<void> {
  for (const service of services)
    for (const pack of await ruleSets.standingOf(db, service)) {
      const { effective, beside } = judgingFor(pack, '')
      const settings = effective === null ? beside : [effective.setting, ...beside]
      for (const setting of settings) await workers.prepare(await ruleSets.pack(db, setting))
    }
}
