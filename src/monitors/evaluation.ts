import type { Day } from './calendar.ts'
import type { ClinicalState, Sentence, ShownValue } from './sentence.ts'

/** How an item stands, as long as nothing changes: state, what it rests on and why. */
export interface Standing {
  readonly state: ClinicalState
  /**
   * `evidence`: a value or fact that is there. `absence`: nothing came, which proves something only of a healthy feed.
   * `suspect`: a value that could decide is withheld, under review, not final or not understood.
   */
  readonly basis: 'evidence' | 'absence' | 'suspect'
  readonly evidence: readonly Evidence[]
  readonly reason: Sentence
  /** Target and window the reason was judged by. */
  readonly rule: readonly Sentence[]
  /** Grade, alert, flags, and values that do not count with the reason. */
  readonly notes: readonly Sentence[]
  /** Why the values in question cannot be trusted; empty unless the basis is suspect. */
  readonly questions: readonly Sentence[]
  readonly expected: Expected
  readonly absence: Absence | null
}

export interface Evidence {
  readonly record: string
  readonly source: string
  readonly day: Day
  readonly at: string
  readonly shown: ShownValue | null
  /** As the sender wrote it. */
  readonly original: string
}

/** By what feed a new value would come; `sources` the patient's own of late, empty when there are none. */
export interface Expected {
  readonly feed: 'lab' | 'practice'
  readonly sources: readonly string[]
}

/** What an absence would have to prove: nothing was measured after `since`, or within the window if that is shorter. */
export interface Absence {
  readonly since: Day | null
  /** Window and grace in days at most, to leave out disturbances too old to matter; null for a window without end. */
  readonly withinDays: number | null
  /** The state on the last day a value counted; null when there never was one. */
  readonly last: { readonly state: ClinicalState; readonly day: Day } | null
}

/** An item of one patient, evaluated; plain data that can be stored and read back. */
export interface ItemEvaluation extends Standing {
  readonly definition: { readonly name: string; readonly version: string }
  readonly item: string
  readonly itemHash: string
  readonly activation: string
  readonly evaluatedAt: string
  /** SHA-256 over item and standing: equal facts give an equal hash, whatever their order and at any time before the next change. */
  readonly stateHash: string
  /** When time alone changes the standing (UTC), and what it is then, up to `until`; null when time changes nothing. */
  readonly next: NextStanding | null
  readonly nextChangeAt: string | null
}

export interface NextStanding {
  readonly standing: Standing
  readonly stateHash: string
  /** When time changes it once more; after it this evaluation says nothing. */
  readonly until: string | null
}
