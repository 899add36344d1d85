import type { Fault } from '../kernel/fault.ts'
import type { ObservationContent } from './lab/observation.ts'

/** The services of the hub, each with its own queue, limits, switches and retention (law 5). */
export type Service = 'eforms' | 'gfd' | 'assurpharma' | 'raotd' | 'lab'

export const services: readonly Service[] = ['eforms', 'gfd', 'assurpharma', 'raotd', 'lab']

/** The person a record is about, as the sender wrote it. */
export interface Subject {
  /** INSZ, 11 digits, when given. */
  readonly insz: string | null
  readonly familyName: string
  readonly givenName: string
  /** `YYYY-MM-DD`, or shorter when only the month or the year is known. */
  readonly birthDate: string
  readonly sex: 'male' | 'female' | 'other' | 'unknown'
  readonly language: 'nl' | 'fr' | 'de' | 'en' | null
  readonly phone: string | null
  readonly postalCode: string | null
}

/** The pharmacy (or other place) and the person who recorded it. */
export interface Author {
  /** NIHII of the pharmacy, 8 digits. */
  readonly organisationNihii: string
  readonly organisationName: string
  /** NIHII of the pharmacist, 11 digits, when given. */
  readonly professionalNihii: string | null
  readonly professionalName: string | null
}

export interface RapidTestContent {
  readonly kind: 'rapid-test'
  readonly result: 'negative' | 'positive' | 'undetermined'
  /** ISO date-time with offset: when the sample was taken. A certificate uses this time, never a later one. */
  readonly sampledAt: string
  readonly sampleKind: string
  /** JRC device number of the test (value set test-manf). */
  readonly device: string
  readonly targetGroup: string
  readonly ctpc: string | null
}

export interface VaccinationContent {
  readonly kind: 'vaccination'
  /** Date of the dose, `YYYY-MM-DD`. */
  readonly vaccinatedOn: string
  /** Marketing authorisation of the product, e.g. `EU/1/20/1528` (value set vaccine-medicinal-product). */
  readonly product: string
  readonly cnk: string | null
  readonly lot: string
  readonly expiresOn: string | null
  readonly dose: number
  readonly doses: number
  /** Which round: first series, first booster, second booster. */
  readonly round: 'first-series' | 'first-booster' | 'second-booster'
  readonly vaccinator: string | null
}

/** What an eForm tells. */
export type FormContent = RapidTestContent | VaccinationContent

export type RecordContent = FormContent | ObservationContent

/** What the sender asks with it: a new fact, a better version of an earlier one, or taking an earlier one back. */
export type RecordAction =
  | { readonly state: 'new' }
  | { readonly state: 'correct'; readonly replacesMessageId: string }
  | { readonly state: 'withdraw'; readonly replacesMessageId: string; readonly motive: string }

/**
 * One fact read from a message, independent of the format it came in.
 *
 * `content` and `subject` are null when faults made them unreadable or when the action is `withdraw`.
 * `form` and `formVersion` name the form file it was checked against; `formKind` is what switches and books count
 * (`rapid-test`, `vaccination`, `booster-1`, `booster-2`); `unknown` stands for a form nobody here knows, which is refused.
 */
export interface CanonicalRecord {
  readonly ordinal: number
  readonly service: Service
  readonly formKind: string
  readonly form: string
  readonly formVersion: string
  readonly action: RecordAction
  readonly subject: Subject | null
  readonly author: Author | null
  /** When it happened (sample, dose), ISO; null when unknown. */
  readonly happenedAt: string | null
  readonly content: RecordContent | null
  readonly faults: readonly Fault[]
}
