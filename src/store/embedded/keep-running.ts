import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from './processes.ts'

/**
 * Starts PostgreSQL again when it dies without being asked to: the hub spools meanwhile, and goes on by itself.
 *
 * `release` ends the guard and gives the number of the process that runs now.
 */
export function keepRunning(
  first: number,
  start: () => Promise<number>,
  say: (line: string) => void,
): { release(): Promise<number> } {
  const released = new AbortController()
  const pause = (ms: number) => sleep(ms, undefined, { ref: false, signal: released.signal }).catch(() => undefined)
  let pid = first

  const guard = async () => {
    for (let failures = 0; !released.signal.aborted;) {
      await pause(failures === 0 ? 250 : Math.min(30_000, 500 * 2 ** failures))
      if (released.signal.aborted || isAlive(pid)) continue
      say('the database stopped without being asked to; starting it again')
      try {
        pid = await start()
        failures = 0
        say('the database runs again')
      } catch (error) {
        failures += 1
        say(`the database does not start: ${(error as Error).message}`)
      }
    }
  }
  const guarding = guard()

  return {
    release: async () => {
      released.abort()
      await guarding
      return pid
    },
  }
}
