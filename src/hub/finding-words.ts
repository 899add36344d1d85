import { countingFindings } from '../checking/counting-words.ts'
import { follow } from '../ledger/follow.ts'
import type { NodeParts, Stoppable } from './parts.ts'

/** Keeps what a node tells senders of findings as the activations have it. While the database is away the last known holds. */
export function followFindingWords({
  db,
  log,
  ruleSets,
  findingWords,
}: Pick<NodeParts, 'db' | 'log' | 'ruleSets' | 'findingWords'>): Stoppable {
  let known = 0
  return follow(log, 'finding-words-not-read', async () => {
    const found = await countingFindings(db, ruleSets, known)
    if (found === null) return
    findingWords.set(found)
    known = found.activation
  })
}
