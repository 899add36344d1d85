import type { Comparator, ObservationStatus } from '../formats/lab/observation.ts'
import type { Day } from './calendar.ts'

/** Everything an item of one patient is judged by. The order of its lists says nothing. */
export interface Facts {
  /** The zone whose midnight ends a window, such as `Europe/Amsterdam`. */
  readonly zone: string
  /** The rule activations these facts were read under; a reader under another one does not trust the outcome. */
  readonly activation: string
  readonly enrolment: Span | null
  readonly birthDate: Day | null
  readonly deceasedOn: Day | null
  /** Since when the patient has what the monitor is for; null when not known. */
  readonly diagnosedOn: Day | null
  /** By name of a code group of the definition; the current version of each result only. */
  readonly values: Readonly<Record<string, readonly MonitorValue[]>>
  readonly targets: readonly PersonalTarget[]
  readonly exemptions: readonly Exemption[]
  readonly features: readonly Feature[]
}

/** From a day up to and with a day; `to` is null while it lasts. */
export interface Span {
  readonly from: Day
  readonly to: Day | null
}

/** One result as a monitor sees it: interpreted, dated in the zone of the facts. */
export interface MonitorValue {
  readonly record: string
  /** Every code it carries, as `loinc:59261-8` or `nhg45:2816`. */
  readonly codes: readonly string[]
  readonly source: string
  /** The day of the sample. */
  readonly day: Day
  /** What the day is taken from; a sample without a date is dated by its result, and that is told. */
  readonly dayFrom: 'collected' | 'result' | 'received'
  /** The moment of the sample as far as it is known, to order two results of one day. */
  readonly at: string
  /** When the laboratory released it, to order two results of one sample. */
  readonly resultAt: string
  /** The day it reached the hub. */
  readonly receivedOn: Day
  readonly receivedAt: string
  readonly status: ObservationStatus
  readonly measured: Measured
  readonly disposition: Disposition
}

export type Measured =
  | {
      readonly state: 'quantity'
      readonly value: number
      readonly unit: string
      readonly comparator: Comparator | null
      /** Number and unit as the laboratory wrote them. */
      readonly original: string
    }
  | { readonly state: 'coded'; readonly answers: readonly string[]; readonly original: string }
  | { readonly state: 'text'; readonly original: string }
  /** A number came, but the tables do not say what it means. */
  | { readonly state: 'not-understood'; readonly original: string }
  | { readonly state: 'none' }

/** What the checks made of the record. A flag does not stop a value; a check that failed or a person at work puts it in doubt. */
export type Disposition =
  | { readonly state: 'visible' }
  | { readonly state: 'flagged'; readonly rule: string }
  | { readonly state: 'withheld'; readonly rule: string; readonly activation: string; readonly since: string }
  | { readonly state: 'in-doubt'; readonly rule: string; readonly why: 'review' | 'error' }

export interface PersonalTarget extends Span {
  readonly item: string
  readonly target: Target
}

/** Bounds of a number, in the unit of the code group; what is absent does not bind. */
export interface Target {
  readonly atLeast?: number | undefined
  readonly above?: number | undefined
  readonly atMost?: number | undefined
  readonly below?: number | undefined
}

export interface Exemption extends Span {
  /** An item, or `*` for the whole monitor. */
  readonly item: string
  readonly reason: ExemptionReason
}

export type ExemptionReason = 'care-refused' | 'no-longer-needed' | 'treated-elsewhere' | 'clinician-decided'

/** Something that is so of the patient, or expressly is not so, such as a therapy. */
export interface Feature extends Span {
  readonly name: string
  readonly holds: boolean
}

/** The facts as they were known at a moment, for telling what a monitor showed then. `moment` in milliseconds since 1970. */
export function knownAt(facts: Facts, moment: number): Facts {
  const values = Object.entries(facts.values).map(
    ([group, list]) => [group, list.filter((value) => Date.parse(value.receivedAt) <= moment)] as const,
  )
  return { ...facts, values: Object.fromEntries(values) }
}
