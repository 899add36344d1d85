import type { Log } from '../kernel/log.ts'
import { isDatabaseAway } from '../store/connect.ts'

const everyMs = 1_000

/**
 * Looks at the database once a second, unless a look is still under way, and keeps what a node knows of it current. While it is away
 * the last known holds; any other failure is logged as `event`, and the next look comes all the same.
 *
 * @example const following = follow(log, 'stops-not-read', async () => switches.set(await runningPauses(db)))
 */
export function follow(log: Log, event: string, look: () => Promise<void>): { stop(): Promise<void> } {
  let running: Promise<void> | null = null
  const lookOnce = async (): Promise<void> => {
    try {
      await look()
    } catch (error) {
      if (!isDatabaseAway(error)) log.error(event, {}, error)
    } finally {
      running = null
    }
  }
  const start = (): void => {
    running ??= lookOnce()
  }
  start()
  const timer = setInterval(start, everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
