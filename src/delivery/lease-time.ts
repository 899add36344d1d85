import type { Job } from './ahead.ts'
import type { DestinationConfig } from './config.ts'

/**
 * Whether enough is left of a lease for a request and for what may follow it. After the lease another node asks and may send.
 * One that does not remember ids must by then have had the time to finish what is still on its way to it, as after a time-out;
 * a question that it answers "not here" is followed by a post.
 */
export function isTimeFor(
  request: 'question' | 'post',
  { timeoutMs, dedupes }: Pick<DestinationConfig, 'timeoutMs' | 'dedupes'>,
  { leaseEnds }: Pick<Job, 'leaseEnds'>,
): boolean {
  const post = dedupes ? timeoutMs : timeoutMs * 2
  return leaseEnds - performance.now() >= (request === 'question' ? timeoutMs + post : post)
}
