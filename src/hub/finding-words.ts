import { countingFindings } from '../checking/counting-words.ts'
import { isDatabaseAway } from '../store/connect.ts'
import type { NodeParts, Stoppable } from './parts.ts'

const everyMs = 1_000

/** Keeps what a node tells senders of findings as the activations have it. While the database is away the last known holds. */
export function followFindingWords({
  db,
  log,
  ruleSets,
  findingWords,
}: Pick<NodeParts, 'db' | 'log' | 'ruleSets' | 'findingWords'>): Stoppable {
  let known = 0
  const look = async (): Promise<void> => {
    try {
      const found = await countingFindings(db, ruleSets, known)
      if (found === null) return
      findingWords.set(found)
      known = found.activation
    } catch (error) {
      if (!isDatabaseAway(error)) log.error('finding-words-not-read', {}, error)
    }
  }
  let running = look()
  const timer = setInterval(() => {
    running = running.then(look)
  }, everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
