import { SluisError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import { follow } from '../ledger/follow.ts'
import type { Database, Queryable } from '../store/connect.ts'
import { insertPause, runningPauses, type Pause } from '../store/pauses.ts'
import type { Switches } from './switches.ts'

/**
 * Closes intake of a service or of one form kind of it: senders are told to come back later and nothing is stored. Every
 * node knows within two seconds. Throws `pause-without-reason`.
 *
 * @example await stopIntake(db, { service: 'eforms', formKind: 'rapid-test' }, 'the form refuses every device', 'an')
 */
export async function stopIntake(
  db: Queryable,
  scope: { readonly service: string; readonly formKind: string | null },
  reason: string,
  owner: string,
): Promise<Pause> {
  if (reason.trim() === '' || owner.trim() === '') throw new SluisError('pause-without-reason')
  return insertPause(db, { what: 'intake', destination: null, ...scope }, reason.trim(), owner)
}

/** Keeps a node's switches as the database has them. While it is away the last known state holds. */
export function followStops(deps: { readonly db: Database; readonly switches: Switches; readonly log: Log }): {
  stop(): Promise<void>
} {
  return follow(deps.log, 'stops-not-read', async () => {
    const pauses = await runningPauses(deps.db)
    deps.switches.set(pauses.filter((pause) => pause.what === 'intake'))
  })
}
