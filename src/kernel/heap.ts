import { setFlagsFromString } from 'node:v8'

/**
 * Lets what a process keeps grow to four times its size before all of it is looked through for garbage. The engine's own
 * measure counts the bytes of messages under way as kept: a node under load, which keeps some 36 MB, was looked through
 * every second, for a tenth of a second each time. Sixty-four megabytes of such bytes start it
 * whatever is said here.
 */
export function collectSeldom(): void {
  setFlagsFromString('--heap-growing-percent=300')
}
