import type { Verdict } from './evaluate.ts'
import type { PackSource } from './pack.ts'
import type { SealedPatients } from './sealed.ts'
import type { RuleSubject } from './subject.ts'

/** In the place of a rule: none is being asked, a record is being opened or an answer written. */
export const noRule = -1

export interface WorkerStart {
  /** Shared: how many rules were asked, of which record and which rule the last was; `noRule` between two records. */
  readonly progress: Int32Array
}

/** A record to be judged, or its place among sealed results: then the thread opens it and the caller does not. */
export type Judged = RuleSubject | number

export type ToWorker =
  | { readonly state: 'pack'; readonly source: PackSource }
  | {
      readonly state: 'batch'
      readonly pack: string
      readonly subjects: readonly Judged[]
      readonly sealed: SealedPatients | null
      /** `<place of the record> <rule>` or `* <rule>`: not to be asked. */
      readonly skips: readonly string[]
    }

export type FromWorker =
  /** The code and the pack are loaded: from now on time counts. */
  { readonly state: 'ready' } | { readonly state: 'judged'; readonly verdicts: Verdict[][] }
