import { newSetHash, setHashText, toggle } from '../shared/account.ts'
import type { Ending } from './journal.ts'

/** The senders' side of the books: offered = receipts + conflicts + turnedAway + waiting. */
export interface PharmacyAccount {
  readonly offered: number
  readonly receipts: number
  readonly stored: number
  readonly spooled: number
  /** Receipts for a form with faults that refuse it. */
  readonly refused: number
  readonly conflicts: number
  readonly turnedAway: number
  readonly waiting: number
  /** Tries that got no answer or a "not now". */
  readonly triedAgain: number
  readonly repeats: number
  /** Repeats that got another receipt than the first time, and receipts over another hash than that of our bytes. */
  readonly broken: number
  /** Forms that were not made because the queue was full. */
  readonly notMade: number
  /** What the status feed told, by state. */
  readonly told: Readonly<Record<string, number>>
  /** Over all receipts, as docs/neighbours.md defines it. */
  readonly setHash: string
}

export interface Books {
  count(what: 'offered' | 'triedAgain' | 'repeats' | 'broken' | 'notMade'): void
  ended(ending: Ending): void
  told(state: string): void
  account(): PharmacyAccount
  waiting(): number
}

export function openBooks(): Books {
  const n = { offered: 0, triedAgain: 0, repeats: 0, broken: 0, notMade: 0 }
  const ends = { receipts: 0, stored: 0, spooled: 0, refused: 0, conflicts: 0, turnedAway: 0 }
  const told: Record<string, number> = {}
  const set = newSetHash()
  const waiting = (): number => n.offered - ends.receipts - ends.conflicts - ends.turnedAway
  return {
    count: (what) => void n[what]++,
    ended(ending) {
      if (ending.state === 'conflict') ends.conflicts++
      if (ending.state === 'turned-away') ends.turnedAway++
      if (ending.state !== 'receipt') return
      ends.receipts++
      if (ending.level === 'spooled') ends.spooled++
      else ends.stored++
      if (ending.refused) ends.refused++
      toggle(set, ending.receipt)
    },
    told: (state) => void (told[state] = (told[state] ?? 0) + 1),
    waiting,
    account: () => ({ ...n, ...ends, waiting: waiting(), told, setHash: setHashText(set) }),
  }
}
