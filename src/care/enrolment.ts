import { dayIn } from '../monitors/calendar.ts'
import type { Exemption, Feature, PersonalTarget } from '../monitors/facts.ts'

/** What evaluating a patient needs of the person: sealed where it is stored. Days are `YYYY-MM-DD`. */
export interface PersonFacts {
  /** How the care team calls the patient. */
  readonly name: string
  /** The number the patient was enrolled by, as written. */
  readonly identifier: string
  readonly birthDate: string | null
  readonly diagnosedOn: string | null
  readonly deceasedOn: string | null
  readonly targets: readonly PersonalTarget[]
  readonly exemptions: readonly Exemption[]
  readonly features: readonly Feature[]
}

/** Data of enrolments lie under a key of their own that no partition's end destroys. */
export const enrolmentPeriod = new Date('9999-12-01T00:00:00Z')

/** Whether the last day of an enrolment is past where its practice is: from then on the practice reads the patient no more. */
export const hasEnded = (
  { toDay, zone }: { readonly toDay: string | null; readonly zone: string },
  now: Date,
): boolean => toDay !== null && toDay < dayIn(zone, now.getTime())

/** What the sealed person of an enrolment is bound to, so that it opens in its own row only. */
export const enrolmentName = (patient: Buffer, monitor: string): string =>
  `enrolment ${patient.toString('hex')} ${monitor}`

/** What a sealed evaluation is bound to. */
export const itemName = (patient: Buffer, monitor: string, item: string): string =>
  `item ${patient.toString('hex')} ${monitor} ${item}`
