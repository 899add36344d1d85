import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Place } from './place.ts'

// The file is PostgreSQL's own: it is gone after an orderly stop, and a number given out again is not in it.
const script = `cat; [ "$(head -n 1 "$2" 2>/dev/null)" = "$1" ] && kill -INT "$1"`

/**
 * Ends a PostgreSQL when this process ends, however it ends: a shell waits on a pipe whose other end only this process
 * holds, and the kernel closes that for a killed process too. For commands, drills, measurements and tests, after which
 * nobody wants it; a hub leaves its PostgreSQL to the one that comes after it. Gives what ends the waiting, to be called
 * when that PostgreSQL has stopped.
 */
export function endWithUs(pid: number, place: Place): () => Promise<void> {
  const file = join(place.cluster, 'postmaster.pid')
  // Detached: a Ctrl-C at the terminal must reach whoever works, and not the one who waits for its end.
  const child = spawn('/bin/sh', ['-c', script, 'sh', String(pid), file], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.unref()
  if ('unref' in child.stdin) (child.stdin as unknown as { unref(): void }).unref()
  return async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.ref()
    const ended = once(child, 'exit')
    child.stdin.end()
    await ended
  }
}
