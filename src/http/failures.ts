import { SluisError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import { isDatabaseAway } from '../store/connect.ts'

/** Which request failed; `request` is what its sender is told to ask about. */
export interface FailedRequest {
  readonly method: string
  readonly route: string | undefined
  readonly request: string
}

/** What the rooms throw, as a row of the table of errors; null when it is none of theirs. */
export function ofRooms(error: unknown): SluisError | null {
  if (error instanceof SluisError) return error
  return isDatabaseAway(error) ? new SluisError('database-away', { seconds: 5 }, { cause: error }) : null
}

/** Writes down what nobody foresaw, and gives what the sender is told of it. */
export function unforeseen(log: Log, error: unknown, failed: FailedRequest): SluisError {
  log.error('request-failed', { ...failed }, error)
  return new SluisError('unexpected', { trace: failed.request }, { cause: error })
}
