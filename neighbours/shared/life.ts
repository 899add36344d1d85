import type { NeighbourOptions } from './options.ts'

/**
 * Says on one line of standard output that a simulator is ready, and closes it on SIGTERM, when the process that
 * started it is gone, or without such a one on SIGINT and SIGHUP.
 */
export function live(
  options: NeighbourOptions,
  ready: { readonly name: string; readonly port: number; readonly controlPort: number },
  close: () => Promise<void>,
): void {
  let ending = false
  const end = (): void => {
    if (ending) return
    ending = true
    void close().finally(() => process.exit(0))
  }
  process.on('SIGTERM', end)
  // A Ctrl-C or the end of a terminal reaches the whole group: whoever started this one may still be finishing with it.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, options.stopWithStdin ? () => undefined : end)
  if (options.stopWithStdin) process.stdin.resume().on('end', end).on('error', end)
  process.stdout.write(`${JSON.stringify({ ...ready, pid: process.pid })}\n`)
}
