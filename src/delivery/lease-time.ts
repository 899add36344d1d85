import type { DestinationConfig } from './config.ts'

/** When a lease ends, by both clocks of the machine, in milliseconds. */
export interface LeaseEnd {
  /** `performance.now()`: nobody can set it, and it stands still while a machine sleeps. */
  readonly steady: number
  /** `Date.now()`: goes on in a sleep. */
  readonly wall: number
}

/** @example leaseEndIn(45_000) */
export const leaseEndIn = (milliseconds: number): LeaseEnd => ({
  steady: performance.now() + milliseconds,
  wall: Date.now() + milliseconds,
})

/** Milliseconds, by the clock that says less; below 0 when it is over. */
export const leaseLeft = ({ steady, wall }: LeaseEnd): number => Math.min(steady - performance.now(), wall - Date.now())

/**
 * Whether enough is left of a lease for a request and for what may follow it. After the lease another node asks and may send.
 * One that does not remember ids must by then have had the time to finish what is still on its way to it, as after a time-out;
 * a question that it answers "not here" is followed by a post.
 */
export function isTimeFor(
  request: 'question' | 'post',
  { timeoutMs, dedupes }: Pick<DestinationConfig, 'timeoutMs' | 'dedupes'>,
  { leaseEnds }: { readonly leaseEnds: LeaseEnd },
): boolean {
  const post = dedupes ? timeoutMs : timeoutMs * 2
  return leaseLeft(leaseEnds) >= (request === 'question' ? timeoutMs + post : post)
}
