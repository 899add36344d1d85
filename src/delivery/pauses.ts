import { SluisError } from '../kernel/errors.ts'
import type { Queryable } from '../store/connect.ts'
import { endPause, pauseExists, insertPause, type Pause, type PauseScope } from '../store/pauses.ts'

/**
 * Pauses forwarding: of a destination, of one form kind of it, of a service, of a form kind everywhere. Takes hold
 * within about a second on every node: what is claimed goes back, what is being sent is finished. Needs a reason and an owner.
 *
 * @example await pauseDelivery(db, { destination: 'sciensano' }, 'they are moving house', 'an.peeters')
 */
export async function pauseDelivery(
  db: Queryable,
  scope: Partial<Omit<PauseScope, 'what'>>,
  reason: string,
  owner: string,
): Promise<Pause> {
  if (reason.trim() === '' || owner.trim() === '') throw new SluisError('pause-without-reason')
  const { destination = null, service = null, formKind = null } = scope
  return insertPause(db, { what: 'delivery', destination, service, formKind }, reason.trim(), owner)
}

/** Ends a pause of any kind. Throws `pause-not-running` when somebody was first, `pause-unknown` when there never was one. */
export async function resume(db: Queryable, id: number, reason: string, owner: string): Promise<void> {
  if (await endPause(db, id, reason, owner)) return
  throw new SluisError((await pauseExists(db, id)) ? 'pause-not-running' : 'pause-unknown', { pause: id })
}
