import type { Clock } from '../kernel/clock.ts'
import { SluisError } from '../kernel/errors.ts'

/** Slows guessing: after three failures each further one doubles the wait, from 2 s to 15 minutes. */
export interface Throttle {
  /**
   * Counts an attempt as failed until `forgive` says otherwise; throws `sign-in-wait` with the seconds left. What it gives
   * takes this attempt back: nothing was judged.
   */
  attempt(login: string, address: string): () => void
  forgive(login: string, address: string): void
}

const freeFailures = 3
const longestWait = 900_000
const remembered = 3_600_000
const mostKept = 10_000

/** Per login and address, on this node. A failure is forgotten after an hour; the oldest go first when there are many. */
export function makeThrottle(clock: Clock): Throttle {
  const failures = new Map<string, { count: number; at: number }>()

  return {
    attempt(login, address) {
      const name = nameOf(login, address)
      const now = clock.now().getTime()
      const known = failures.get(name)
      const last = known !== undefined && now - known.at < remembered ? known : { count: 0, at: now }
      const over = last.count - freeFailures
      const wait = over < 0 ? 0 : Math.min(longestWait, 2_000 * 2 ** Math.min(over, 20)) - (now - last.at)
      if (wait > 0) throw new SluisError('sign-in-wait', { seconds: Math.ceil(wait / 1_000) })
      // Counted before the password is looked at: ten guesses at the same moment are ten attempts.
      failures.delete(name)
      const own = { count: last.count + 1, at: now }
      failures.set(name, own)
      if (failures.size > mostKept) failures.delete(failures.keys().next().value ?? '')
      return () => {
        const standing = failures.get(name)
        if (standing === undefined) return
        // Another attempt has begun since: its time counts, with one less before it.
        const left = standing === own ? last : { count: standing.count - 1, at: standing.at }
        if (left.count > 0) failures.set(name, left)
        else failures.delete(name)
      }
    },
    forgive(login, address) {
      failures.delete(nameOf(login, address))
    },
  }
}

function nameOf(login: string, address: string): string {
  return `${login.toLowerCase().slice(0, 100)}\0${address.slice(0, 60)}`
}
