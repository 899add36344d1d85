import type { Database } from '../store/connect.ts'
import { giveTrialBack, readGate, startTrial, takePermits } from '../store/destinations.ts'
import type { DestinationConfig } from './config.ts'

/** How many deliveries may be taken now, and of what not. */
export interface Opening {
  readonly permits: number
  readonly pauses: readonly { readonly service: string | null; readonly formKind: string | null }[]
  /** To be called when there was nothing to take. */
  unused(): Promise<void>
}

const shut: Opening = { permits: 0, pauses: [], unused: () => Promise.resolve() }

/**
 * Asks whether a destination may be worked for: not when its breaker is open, a few when it is on trial, as fast as its
 * pace allows while it recovers.
 */
export async function openGate(
  db: Database,
  destination: DestinationConfig,
  wanted: number,
  unused: number,
): Promise<Opening> {
  const { name, ramp, breaker, maxPerSecond } = destination
  const gate = await readGate(db, name)
  if (gate.pauses.some((pause) => pause.service === null && pause.formKind === null)) return shut
  if (gate.breaker !== 'closed') {
    // One node has the trial; it lapses with the longest its requests can take.
    if (!gate.trialDue || !(await startTrial(db, name, destination.leaseMs))) return shut
    return { permits: breaker.trial, pauses: gate.pauses, unused: () => giveTrialBack(db, name) }
  }
  const limited = maxPerSecond !== null || gate.pace > 0
  const pace = { maxPerSecond, growth: ramp.growth, topPerSecond: ramp.topPerSecond }
  const permits = limited ? await takePermits(db, name, pace, wanted, unused) : wanted
  return { permits, pauses: gate.pauses, unused: () => Promise.resolve() }
}
