import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeClient, type Registration } from '../access/clients.ts'
import { openCare } from '../care/deps.ts'
import { enrol } from '../care/enrol.ts'
import { readEnrolFile } from '../care/enrol-file.ts'
import { inventPerson, type Person } from '../formats/eform/people.ts'
import { dayOf } from '../formats/eform/days.ts'
import { enrolmentsOfPractice } from '../store/enrolments.ts'
import { readersOfPractice, setPracticeReaders } from '../store/practice-readers.ts'
import type { NodeParts } from './parts.ts'
import { registrationOf, type SimulatedSender } from './simulated.ts'

/** What the simulated laboratories of the embedded default work with. */
export interface Demonstration {
  /** File with the credentials of the laboratory that sends FHIR. */
  readonly clients: string
  /** File with the patients they measure. */
  readonly patients: string
  readonly senders: readonly Registration[]
  /** True when the patients were invented just now: nothing was ever measured of them. */
  readonly fresh: boolean
}

const practice = 'Praktijk De Brug'
const patientsEnrolled = 12

/** Invents patients and a laboratory with a key of its own; the same ones for the life of the folder. */
export async function makeDemonstration(folder: string): Promise<Demonstration> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const [clients, patients] = [join(folder, 'laboratories.json'), join(folder, 'patients.json')]
  if (!existsSync(clients)) {
    const { clientId, privateJwk } = await makeClient('laboratory')
    write(clients, [{ clientId, privateJwk, nihii: '', name: 'Labo Dijle (simulated)' }])
  }
  const fresh = !existsSync(patients)
  if (fresh) write(patients, inventPatients(new Date()))
  const known = JSON.parse(readFileSync(clients, 'utf8')) as SimulatedSender[]
  const senders = known.map((one) => registrationOf(one, { kind: 'laboratory', software: null, language: 'nl' }))
  return { clients, patients, senders, fresh }
}

const write = (file: string, content: unknown): void => writeFileSync(file, JSON.stringify(content), { mode: 0o600 })

type Patient = Pick<Person, 'insz' | 'familyName' | 'givenName' | 'birthDate' | 'sex'>

/** People between 45 and 75, whom a monitor of diabetes asks the most of. */
function inventPatients(now: Date): Patient[] {
  const found: Patient[] = []
  while (found.length < patientsEnrolled) {
    const { insz, familyName, givenName, birthDate, sex } = inventPerson(Math.random, dayOf(now))
    const age = now.getUTCFullYear() - Number(birthDate.slice(0, 4))
    if (age >= 45 && age <= 75) found.push({ insz, familyName, givenName, birthDate, sex })
  }
  return found
}

/**
 * Enrols the patients of a demonstration at a practice that the account `reader` may look at. Leaves everything as it is when
 * the practice has patients already: somebody may have changed them.
 */
export async function enrolDemonstration(
  { db, vault, config }: Pick<NodeParts, 'db' | 'vault' | 'config'>,
  file: string,
): Promise<void> {
  if ((await enrolmentsOfPractice(db, practice)).length > 0) return
  const patients = (JSON.parse(readFileSync(file, 'utf8')) as Patient[]).map((one) => ({
    identifier: one.insz,
    name: `${one.givenName} ${one.familyName}`,
    monitor: 'diabetes-cvrm',
    from: '2020-01-01',
    birthDate: one.birthDate,
    diagnosedOn: '2018-03-01',
  }))
  const by = `hub:${config.node}`
  const why = 'Invented patients to look at'
  // The readers first: with patients the work is done, also for who comes back after it was interrupted.
  if ((await readersOfPractice(db, practice)).length === 0)
    await setPracticeReaders(db, { practice, readers: ['reader'], by, why }, new Date())
  await enrol(openCare(vault), db, readEnrolFile(JSON.stringify({ practice, patients })), by)
}
