import type { Database } from '../store/connect.ts'
import type { Lane } from '../store/delivery-claim.ts'
import { pausesAt, type LanePause } from '../store/pauses.ts'
import type { Ahead, Job } from './ahead.ts'

const lookMilliseconds = 1_000

export const isPaused = (lane: Lane, pauses: readonly LanePause[]): boolean =>
  pauses.some(
    ({ service, formKind }) =>
      (service === null || service === lane.service) && (formKind === null || formKind === lane.formKind),
  )

/**
 * Makes a look for pauses that came after the claim: it takes out of what is ahead whatever may not be sent any more. Asks
 * the database once a second, and only while something is ahead.
 */
export function makeHeed(db: Database, destination: string, ahead: Ahead): () => Promise<Job[]> {
  let looked = Number.NEGATIVE_INFINITY
  return async () => {
    if (ahead.size() === 0 || performance.now() - looked < lookMilliseconds) return []
    looked = performance.now()
    const pauses = await pausesAt(db, destination)
    if (pauses.length === 0) return []
    // Those whose letters are still being written are ahead as well.
    await ahead.written()
    return ahead.take(({ delivery }) => isPaused(delivery, pauses))
  }
}
