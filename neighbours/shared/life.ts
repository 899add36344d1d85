import type { NeighbourOptions } from './options.ts'

/**
 * Says on one line of standard output that a simulator is ready, and closes it on SIGTERM, on SIGINT, or when the process
 * that started it is gone.
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
  process.on('SIGINT', end)
  if (options.stopWithStdin) process.stdin.resume().on('end', end).on('error', end)
  process.stdout.write(`${JSON.stringify({ ...ready, pid: process.pid })}\n`)
}
