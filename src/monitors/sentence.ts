import type { Texts } from '../kernel/language.ts'
import type { Day } from './calendar.ts'
import type { ExemptionReason, Target } from './facts.ts'

/** A measured number as a sentence shows it: in the unit of the target, with what was sent beside it. */
export interface ShownValue {
  readonly comparator: string
  readonly value: number
  readonly unit: string
  readonly original: string
}

/** Where and when a value is from. */
export interface Origin {
  readonly day: Day
  readonly source: string
}

export type ClinicalState = 'green' | 'red-overdue' | 'red-out-of-target' | 'not-applicable' | 'unknown'

export type DisturbanceReason = 'silent' | 'late' | 'thin' | 'changed-mix' | 'backlog'

/** Every sentence a monitor can say, by code, with what it needs. Each language has one function per code. */
export interface SentenceParams {
  'in-target': Origin & { readonly shown: ShownValue }
  'out-of-target': Origin & { readonly shown: ShownValue }
  recorded: Origin & { readonly shown: ShownValue | null }
  'enough-recorded': { readonly count: number; readonly needed: number }
  'too-few': { readonly count: number; readonly needed: number; readonly months: number }
  'undecided-comparator': Origin & { readonly shown: ShownValue }
  'undecided-patient': Origin & { readonly shown: ShownValue }
  overdue: { readonly last: Day; readonly due: Day }
  'never-measured': Record<string, never>
  'not-enrolled': { readonly from: Day | null; readonly to: Day | null }
  deceased: { readonly on: Day }
  'under-age': { readonly age: number; readonly until: Day }
  'other-practitioner': Origin
  exempt: { readonly reason: ExemptionReason; readonly from: Day; readonly to: Day | null }
  'exempt-recorded': Origin
  'replaced-by': { readonly other: Texts; readonly day: Day }
  'other-in-use': { readonly other: Texts }
  target: { readonly target: Target; readonly unit: string; readonly personal: boolean }
  window: { readonly months: number }
  grade: { readonly texts: Texts }
  alert: { readonly texts: Texts }
  flagged: Origin & { readonly rule: string }
  'day-assumed': { readonly day: Day; readonly from: 'result' | 'received' }
  'ignored-future': Origin & { readonly received: Day }
  'ignored-cancelled': Origin
  'ignored-withdrawn': Origin
  'ignored-no-number': Origin
  withheld: Origin & { readonly rule: string; readonly activation: string; readonly since: string }
  'under-review': Origin & { readonly rule: string }
  'check-failed': Origin & { readonly rule: string }
  'not-understood': Origin & { readonly original: string }
  preliminary: Origin
  'changes-at': { readonly at: string; readonly state: ClinicalState }
  'changes-with-value': Record<string, never>
  missing: { readonly what: Texts; readonly feed: 'lab' | 'practice'; readonly sources: readonly string[] }
  disturbed: {
    readonly source: string
    readonly from: string
    readonly to: string | null
    readonly why: DisturbanceReason
  }
  'absence-no-proof': Record<string, never>
  'not-confirmed-since': { readonly since: string }
  'red-stays': Record<string, never>
  'other-activation': { readonly was: string; readonly is: string }
  'evaluation-late': { readonly since: string }
  'not-evaluated': Record<string, never>
  'last-certain': { readonly state: ClinicalState; readonly at: string }
  'targets-to-confirm': Record<string, never>
}

export type SentenceCode = keyof SentenceParams

/** A sentence as data: stored with a state, read in any language later. */
export type Sentence = {
  [Code in SentenceCode]: { readonly code: Code; readonly params: SentenceParams[Code] }
}[SentenceCode]

/** Makes a sentence; the compiler holds code and params together. */
export function sentence<Code extends SentenceCode>(code: Code, params: SentenceParams[Code]): Sentence {
  return { code, params } as unknown as Sentence
}
