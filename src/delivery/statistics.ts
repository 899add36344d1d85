import type { Log } from '../kernel/log.ts'
import type { Queryable } from '../store/connect.ts'
import { analyzeDeliveries } from '../store/deliveries.ts'

/** Keeps the planner's statistics fresh: without them a bulk of new deliveries drained at a twentieth of the speed. */
export interface Statistics {
  /** So many deliveries became owed (or owed again). */
  owed(count: number): void
}

const bulk = 5_000

/** After every bulk one ANALYZE, beside the work; never two at once on a node. */
export function makeStatistics(db: Queryable, log: Log): Statistics {
  let since = 0
  let running = false
  return {
    owed(count) {
      since += count
      if (since < bulk || running) return
      since = 0
      running = true
      analyzeDeliveries(db)
        .catch((error: unknown) => log.warn('delivery-analyze-failed', {}, error))
        .finally(() => (running = false))
    },
  }
}
