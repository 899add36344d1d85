import { setTimeout as wait } from 'node:timers/promises'
import { isDatabaseAway } from '../store/connect.ts'

const pauseMs = 500

/**
 * Does a piece of work, again and again while the database is away: a node that starts beside one that is killed, restarted
 * or has too much to do waits for it and does not end. The work must be such that done twice it is done once.
 */
export async function untilThere<T>(work: () => Promise<T>, stopping: () => boolean): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (stopping() || !isDatabaseAway(error)) throw error
    }
    await wait(pauseMs)
  }
}
