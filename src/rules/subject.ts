import type { InterpretedObservation } from '../formats/lab/observation.ts'
import type { Scope } from './expression.ts'
import { ObservationFacts } from './facts.ts'
import type { AnalyteLimits } from './limits.ts'
import { When } from './language/when.ts'

/** What surrounds a record when it is judged. Plain data: it goes to worker threads and into cases as it is. */
export interface RuleContext {
  /** The moment the record came, ISO 8601 with offset; a rule run again years later answers the same. */
  readonly now: string
  readonly source: string
  /** The patient's own last value of the same analyte before this one. */
  readonly previous?: InterpretedObservation | null
  /** The other results of the same message. */
  readonly siblings?: readonly InterpretedObservation[]
  readonly limits?: AnalyteLimits | null
  readonly message?: MessageFacts | null
  /** What `judgeArrival` said of it: `first`, `replay`, `conflict` ... */
  readonly arrival?: string | null
  /** The person the hub knows under the identifier of the record. */
  readonly known?: KnownPerson | null
  /** The result it seems to have changed places with (`findSwaps`). */
  readonly swap?: { readonly other: string } | null
}

/** Results counted in the bytes, and how its characters were known. */
export interface MessageFacts {
  readonly results: number
  readonly mapped: number
  readonly kept: number
  readonly characters: 'declared' | 'assumed'
}

export interface KnownPerson {
  readonly familyName: string
  readonly birthDate: string
  readonly sex: 'male' | 'female' | 'other' | 'unknown'
}

/** One record with what surrounds it: a result that was interpreted, or a record of any other service. */
export interface RuleSubject {
  readonly object: object
  readonly context: RuleContext
}

/** The `%names` a rule may use; `%context` and `%resource` are the record itself. */
export const variableNames: ReadonlySet<string> = new Set(
  'patient previous siblings now source limits facts message arrival known swap context resource ucum loinc sct'.split(
    ' ',
  ),
)

/** A name nobody filled in is nothing, not an error. */
const nothingKnown = {
  patient: null,
  previous: null,
  siblings: null,
  limits: null,
  message: null,
  arrival: null,
  known: null,
  swap: null,
}

/** The scope in which every rule of a pack looks at one record; made once for all of them. */
export function scopeOf({ object, context }: RuleSubject): Scope {
  const isResult = 'kind' in object && object.kind === 'observation'
  const result = isResult ? (object as InterpretedObservation) : null
  return {
    now: context.now,
    variables: {
      ...nothingKnown,
      ...context,
      ...(result === null ? {} : { patient: result.patient }),
      now: When.read(context.now, 'dateTime'),
      facts: result === null ? null : new ObservationFacts(result, context),
    },
  }
}
