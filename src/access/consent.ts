import { SluisError, type ErrorCode } from '../kernel/errors.ts'
import type { Queryable } from '../store/connect.ts'
import { standingsOf, type Standing } from '../store/consent.ts'
import type { Sender } from '../store/senders.ts'
import { runningEmergency } from '../store/emergencies.ts'
import { logAccess, type AnyPurpose, type Purpose, type Reading } from './access-log.ts'
import { emergencyMinutes, emergencyShortest, openEmergency } from './emergency.ts'
import { mayDo, type Action, type Role } from './rights.ts'

/** What care teams may read for: each rests on a therapeutic relation. */
const carePurposes: readonly Purpose[] = ['care', 'question-of-patient']

/** What a client of this kind may read for. The hub's own client reads to prove an undo, and shows nobody what it read. */
export function purposesOf(kind: string): readonly Purpose[] {
  return kind === 'proof' ? ['audit'] : carePurposes
}

/** Which roles the software of a sender of this kind has. A laboratory hands over and reads nothing. */
export function rolesOfClient(kind: string): readonly Role[] {
  if (kind === 'proof') return ['care-team']
  return kind === 'practice' || kind === 'development' ? ['sender', 'care-team'] : ['sender']
}

/** Throws `right-missing` when no role of a client's kind may do this. */
export function requireClientRight(sender: Pick<Sender, 'kind'>, action: Action): void {
  if (rolesOfClient(sender.kind).some((role) => mayDo(role, action))) return
  throw new SluisError('right-missing', { role: 'sender', action })
}

/** A client that reads, and what for; `origin` is the interface, `trace` the number of the request. */
export interface CareReader {
  readonly sender: Sender
  readonly purpose: AnyPurpose
  /** Why it cannot wait, for the purpose `emergency`. */
  readonly emergencyReason?: string | null
  readonly what: Reading['what']
  readonly origin: string
  readonly trace: string
}

/** Why a reader may not read a patient; null when it may. A proof counts what is there, and is in nobody's care. */
function refusalFor(reader: CareReader, standing: Standing | undefined): ErrorCode | null {
  if (reader.sender.kind === 'proof') return null
  return standing === undefined ? 'relation-missing' : refusalOf(standing)
}

/** Why a client may not read a patient; null when it may. Exclusion by the patient outranks everything. */
export function refusalOf({ consent, excluded, relation }: Standing): ErrorCode | null {
  if (excluded) return 'access-excluded'
  if (!relation) return 'relation-missing'
  return consent ? null : 'consent-missing'
}

/** What an emergency does away with; that a patient keeps a client out it does not. */
const isOpenedByEmergency = (refusal: ErrorCode | null): boolean =>
  refusal === 'relation-missing' || refusal === 'consent-missing'

/**
 * Lets a client read one patient, or throws `access-excluded`, `relation-missing` or `consent-missing`: whatever it is, a
 * line of the access log says so before anything is given (law 9). The answer is the same for a patient nobody knows. In an
 * emergency with a reason only an exclusion refuses; without one it throws `emergency-reason-missing`.
 *
 * @example await openPatient(db, reader, patient, new Date())
 */
export async function openPatient(db: Queryable, reader: CareReader, patient: Buffer, now: Date): Promise<void> {
  const [standing] = await standingsOf(db, reader.sender.id, [patient], now)
  const found = refusalFor(reader, standing)
  const refusal = await inEmergency(db, reader, patient, found, now)
  await noteReading(db, reader, refusal === null ? 'given' : 'refused', patient)
  if (refusal !== null) throw new SluisError(refusal, { min: emergencyShortest, minutes: emergencyMinutes })
}

/** The refusal that is left when somebody reads in an emergency. */
async function inEmergency(
  db: Queryable,
  { sender, purpose, emergencyReason }: CareReader,
  patient: Buffer,
  refusal: ErrorCode | null,
  now: Date,
): Promise<ErrorCode | null> {
  if (purpose !== 'emergency' || !isOpenedByEmergency(refusal)) return refusal
  const who = { actor: sender.clientId, role: 'care-team', reason: emergencyReason ?? null } as const
  try {
    await openEmergency(db, who, patient, now)
    return null
  } catch (error) {
    if (error instanceof SluisError && error.code === 'emergency-reason-missing') return error.code
    throw error
  }
}

/** Those of the patients a client may read, each with its line in the access log; a line of refusal when there is none. */
export async function openPatients(
  db: Queryable,
  reader: CareReader,
  patients: readonly Buffer[],
  now: Date,
): Promise<Buffer[]> {
  const standings = await standingsOf(db, reader.sender.id, patients, now)
  const open: Buffer[] = []
  for (const [place, patient] of patients.entries()) {
    const refusal = refusalFor(reader, standings[place])
    // An emergency is begun for a patient that is named; here only one that runs counts.
    const isRunning =
      reader.purpose === 'emergency' &&
      isOpenedByEmergency(refusal) &&
      (await runningEmergency(db, reader.sender.clientId, patient, now)) !== null
    if (refusal === null || isRunning) open.push(patient)
  }
  for (const patient of open) await noteReading(db, reader, 'given', patient)
  if (open.length === 0) await noteReading(db, reader, 'refused')
  return open
}

/** A line in the access log for a client's reading. */
export async function noteReading(
  db: Queryable,
  { sender, purpose, what, origin, trace }: CareReader,
  outcome: Reading['outcome'],
  patient?: Buffer,
): Promise<void> {
  const whom = patient === undefined ? {} : { patient }
  const role = sender.kind === 'proof' ? 'reader' : 'care-team'
  await logAccess(db, { actor: sender.clientId, role, what, purpose, outcome, origin, trace, ...whom })
}
