import { setFlagsFromString } from 'node:v8'

/**
 * Lets what a process keeps grow to four times its size before all of it is looked through for garbage. The engine's own
 * measure counts the bytes of messages under way as kept: a node under load, which keeps some 36 MB, was looked through
 * every second, and for a tenth of a second its threads took half of the machine each time. Sixty-four megabytes of such
 * bytes start it whatever is said here, so memory stays as flat as it was.
 */
export function collectSeldom(): void {
  setFlagsFromString('--heap-growing-percent=300')
}
