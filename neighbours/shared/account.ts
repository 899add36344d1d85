import { hash } from 'node:crypto'

/** One side of the books: counts, and what was acknowledged as a set hash. */
export interface Account {
  readonly posts: number
  readonly effects: number
  readonly acknowledged: number
  readonly refused: number
  readonly pending: number
  readonly setHash: string
}

/** An account that is being kept. */
export interface Tally {
  posts: number
  effects: number
  acknowledged: number
  refused: number
  pending: number
  readonly set: SetHash
}

export function newTally(): Tally {
  return { posts: 0, effects: 0, acknowledged: 0, refused: 0, pending: 0, set: newSetHash() }
}

/** 16 bytes that are the same for the same set of texts, whatever the order they came in. */
export type SetHash = Uint8Array

export function newSetHash(): SetHash {
  return new Uint8Array(16)
}

/**
 * Adds a text to a set hash, or takes it out again: XOR with the first 16 bytes of its SHA-256. Adding twice takes it out,
 * so the caller adds each member once.
 */
export function toggle(set: SetHash, text: string): void {
  const digest = hash('sha256', text, 'buffer')
  for (let i = 0; i < 16; i++) set[i] = (set[i] ?? 0) ^ (digest[i] ?? 0)
}

/** 32 hex digits; all zeros for the empty set. */
export function setHashText(set: SetHash): string {
  return Buffer.from(set).toString('hex')
}

/** The sum of some tallies; members of different tallies must differ, else they take each other out of the set hash. */
export function sumTallies(tallies: Iterable<Tally>): Account {
  const sum = newTally()
  for (const tally of tallies) {
    sum.posts += tally.posts
    sum.effects += tally.effects
    sum.acknowledged += tally.acknowledged
    sum.refused += tally.refused
    sum.pending += tally.pending
    for (let i = 0; i < 16; i++) sum.set[i] = (sum.set[i] ?? 0) ^ (tally.set[i] ?? 0)
  }
  const { set, ...counts } = sum
  return { ...counts, setHash: setHashText(set) }
}
