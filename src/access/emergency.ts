import { cutText } from '../kernel/cut-text.ts'
import { SluisError } from '../kernel/errors.ts'
import type { Queryable } from '../store/connect.ts'
import { insertEmergency, runningEmergency } from '../store/emergencies.ts'
import type { Role } from './rights.ts'

/** So long somebody reads a patient after saying why it cannot wait. */
export const emergencyMinutes = 60

/** A shorter reason says nothing. */
export const emergencyShortest = 10
const longest = 200

/** A reader in an emergency: a client of a care team or a person, with the reason given now, if one was. */
export interface EmergencyReader {
  readonly actor: string
  readonly role: Role
  readonly reason: string | null
}

/**
 * Lets somebody read one patient without consent or relation for an hour, and tells those who guard privacy (break the
 * glass; purpose of use BTG of HL7 v3 ActReason). Returns when it ends. The reason stays with the alert, not in the access
 * log, which holds no free text.
 *
 * Throws `emergency-reason-missing` when none runs and no reason was given.
 *
 * @example await openEmergency(db, { actor: 'dr', role: 'reader', reason: 'unconscious at the door' }, patient, new Date())
 */
export async function openEmergency(
  db: Queryable,
  { actor, role, reason }: EmergencyReader,
  patient: Buffer,
  now: Date,
): Promise<Date> {
  const said = reason === null ? null : readEmergencyReason(reason)
  if (said === null) {
    const until = await runningEmergency(db, actor, patient, now)
    if (until === null)
      throw new SluisError('emergency-reason-missing', { min: emergencyShortest, minutes: emergencyMinutes })
    return until
  }
  const until = new Date(now.getTime() + emergencyMinutes * 60_000)
  await insertEmergency(db, { actor, role, patient, reason: said }, now, until)
  return until
}

/** A reason as it is kept; null when it is too short to say anything. */
export function readEmergencyReason(text: string): string | null {
  const reason = cutText(text.replaceAll(/\p{Cc}/gu, ' ').trim(), longest)
  return reason.length < emergencyShortest ? null : reason
}
