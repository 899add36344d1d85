import type { Clock } from '../kernel/clock.ts'
import { endEmergencies } from '../store/emergencies.ts'
import type { Look } from './look.ts'

/** Ends the alert of an emergency when its hour is over. Its row is begun by who reads, so no kind of it is kept here. */
export function emergencyLook(clock: Clock): Look {
  return {
    name: 'emergencies',
    kinds: [],
    everyMs: 30_000,
    async look(db) {
      await endEmergencies(db, clock.now())
      return []
    },
  }
}
