import { setFlagsFromString } from 'node:v8'

/**
 * How a process that takes messages keeps its memory; called once, before it begins.
 *
 * What it keeps may grow to four times its size before all of it is looked through for garbage. The engine's own measure
 * counts the bytes of messages under way as kept: a node under load, which keeps some 36 MB, was looked through every second,
 * for a tenth of a second each time. Sixty-four megabytes of such bytes start it whatever is said here.
 *
 * Nothing is made old from the start. The engine does that with what it saw live long, and believes what it saw in the first
 * seconds: from then on, in one start of four, one object of each message lies among the old ones, and all of
 * the message that it names, eleven megabytes of garbage at a time, is copied twice and kept until the next great look.
 */
export function keepMemory(): void {
  setFlagsFromString('--heap-growing-percent=300')
  setFlagsFromString('--no-allocation-site-pretenuring')
}
