import { isPurpose, logAccess, purposes, type AnyPurpose, type Reading } from '../../access/access-log.ts'
import { hasEnded } from '../../care/enrolment.ts'
import { mayDo } from '../../access/rights.ts'
import { SluisError } from '../../kernel/errors.ts'
import { runningEmergency } from '../../store/emergencies.ts'
import { enrolmentsOf } from '../../store/enrolments.ts'
import { knownPractices, practicesOfReader } from '../../store/practice-readers.ts'
import type { Person } from '../../store/people.ts'
import { addresses } from '../../web/addresses.ts'
import { emergencyAskPage } from '../../web/pages/emergencies.tsx'
import { patientPurposePage } from '../../web/pages/patients.tsx'
import type { ConsoleDeps } from './deps.ts'
import { queryText } from './forms.ts'
import type { Visit } from './screens.ts'

/** Purposes that fit looking at a patient; who waits at a counter is not one of them. */
export const patientPurposes = purposes.filter((one) => one !== 'traveller-waiting' && one !== 'own-message')

/** May go on to the patient, or has to say first why. */
export type Gate =
  | { readonly state: 'open'; readonly patient: Buffer; readonly purpose: string }
  | { readonly state: 'asks'; readonly page: string }

/**
 * Lets a visit through to the patient of its address: with a purpose, and for a reader with a practice that the patient is
 * enrolled at today; for another patient a reader is asked why it cannot wait. Written down before anything is shown, also
 * when it is refused. Throws `right-missing` and `not-found`.
 */
export async function passGate(deps: ConsoleDeps, visit: Visit, what: Reading['what']): Promise<Gate> {
  const { index } = visit.request.params as { index: string }
  if (!/^[0-9a-f]{32}$/.test(index)) throw new SluisError('not-found', { path: '/patients' })
  const patient = Buffer.from(index, 'hex')
  const purpose = queryText(visit.request.query, 'purpose')
  const { person } = visit.session
  if (purpose === 'emergency') return passInEmergency(deps, visit, what, patient)
  if (!isPurpose(purpose)) {
    const action = visit.request.url.split('?')[0] ?? '/'
    return { state: 'asks', page: patientPurposePage(visit.view, { action, purposes: patientPurposes }) }
  }
  const allowed = await mayLook(deps, person, patient)
  await noteVisit(deps, visit, what, purpose, allowed, patient)
  if (!allowed) return askForEmergency(visit, patient)
  return { state: 'open', patient, purpose }
}

/** A reader who said why it cannot wait reads another practice's patient for an hour; everybody else has to say it first. */
async function passInEmergency(deps: ConsoleDeps, visit: Visit, what: Reading['what'], patient: Buffer): Promise<Gate> {
  const { login, role } = visit.session.person
  const until = mayDo(role, 'read-in-emergency') ? await runningEmergency(deps.db, login, patient, deps.now()) : null
  await noteVisit(deps, visit, what, 'emergency', until !== null, patient)
  return until === null ? askForEmergency(visit, patient) : { state: 'open', patient, purpose: 'emergency' }
}

/** Refused, with the way in for an emergency. Throws `right-missing` for whom there is none. */
function askForEmergency({ session, reply, view }: Visit, patient: Buffer): Gate {
  const { role } = session.person
  if (!mayDo(role, 'read-in-emergency')) throw new SluisError('right-missing', { role, action: 'see-patient' })
  void reply.code(403)
  const action = addresses.patientEmergency(patient.toString('hex'))
  return { state: 'asks', page: emergencyAskPage(view, { action, reason: '', fault: null }) }
}

async function noteVisit(
  deps: ConsoleDeps,
  { session, request }: Visit,
  what: Reading['what'],
  purpose: AnyPurpose,
  allowed: boolean,
  patient: Buffer,
): Promise<void> {
  const { login: actor, role } = session.person
  const outcome = allowed ? 'given' : 'refused'
  await logAccess(deps.db, { actor, role, what, purpose, outcome, patient, origin: `console ${request.ip}` })
}

/** The practices somebody may look at: a reader the own ones, an operator all. */
export async function practicesFor({ db }: ConsoleDeps, person: Person): Promise<string[]> {
  return person.role === 'reader' ? practicesOfReader(db, person.login) : knownPractices(db)
}

async function mayLook({ db, now }: ConsoleDeps, person: Person, patient: Buffer): Promise<boolean> {
  if (person.role !== 'reader') return true
  const own = new Set(await practicesOfReader(db, person.login))
  const enrolments = await enrolmentsOf(db, [patient])
  return enrolments.some((enrolment) => own.has(enrolment.practice) && !hasEnded(enrolment, now()))
}
