import { setTimeout as wait } from 'node:timers/promises'

/** Does a piece of work again and again until stopped or aborted; a failure is thrown by `stop`, not before. */
export function again(work: () => Promise<void>, pauseMs: number, signal: AbortSignal): { stop(): Promise<void> } {
  let stopped = false
  const running = (async () => {
    while (!stopped && !signal.aborted) {
      await work()
      await wait(pauseMs)
    }
  })()
  running.catch(() => undefined)
  return {
    async stop() {
      stopped = true
      await running
    },
  }
}
