import { createReplay } from '../../src/delivery/replay.ts'
import type { Database } from '../../src/store/connect.ts'

const hour = 3_600_000

/** Asks for a replay of all that Vaccinnet acknowledged in the last hour. */
export async function replayVaccinations(db: Database, perSecond: number): Promise<void> {
  await createReplay(db, {
    chosen: {
      destination: 'vaccinnet',
      from: new Date(Date.now() - hour).toISOString(),
      to: new Date(Date.now() + hour).toISOString(),
      senderId: null,
      formKind: null,
      states: ['acknowledged'],
    },
    perSecond,
    reason: 'a test',
    owner: 'test',
  })
}
