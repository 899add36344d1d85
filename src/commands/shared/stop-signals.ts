import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Longer than an orderly stop takes. */
const patienceMs = 15_000

/**
 * Calls `stop` at the first Ctrl-C, SIGTERM or loss of the terminal. The same one often comes twice, from the terminal and
 * from npm or whoever else passes it on: another does nothing. Whoever still asks a third time after a quarter of a minute
 * ends the process as it stands. Gives what takes the signals back.
 *
 * @example const release = onStopSignal(() => interrupted.abort())
 */
export function onStopSignal(stop: () => void): () => void {
  let told = 0
  let first = 0
  const onSignal = (signal: NodeJS.Signals): void => {
    told += 1
    if (told === 1) {
      first = performance.now()
      stop()
    } else if (told > 2 && performance.now() - first > patienceMs) {
      process.exit(128 + constants.signals[signal])
    }
  }
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    for (const signal of signals) process.removeListener(signal, onSignal)
  }
}
