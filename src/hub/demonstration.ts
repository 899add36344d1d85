import { join } from 'node:path'
import { z } from 'zod'
import { makeClient, type Registration } from '../access/clients.ts'
import { openCare } from '../care/deps.ts'
import { enrol } from '../care/enrol.ts'
import { readEnrolFile } from '../care/enrol-file.ts'
import { inventPerson } from '../formats/eform/people.ts'
import { dayOf } from '../formats/eform/days.ts'
import { readJsonSync, replaceFileSync } from '../kernel/durable-file.ts'
import { makeFolderSync } from '../kernel/make-folder.ts'
import { enrolmentsOfPractice } from '../store/enrolments.ts'
import { readersOfPractice, setPracticeReaders } from '../store/practice-readers.ts'
import type { NodeParts } from './parts.ts'
import { keepSenders, keptSenders, registrationOf, type SimulatedSender } from './simulated.ts'

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
  makeFolderSync(folder)
  const [clients, patients] = [join(folder, 'laboratories.json'), join(folder, 'patients.json')]
  const fresh = keptPatients(patients) === null
  if (fresh) replaceFileSync(patients, JSON.stringify(inventPatients(new Date())))
  const known = keptSenders(clients) ?? keepSenders(clients, [await makeLaboratory()])
  const senders = known.map((one) => registrationOf(one, { kind: 'laboratory', software: null, language: 'nl' }))
  return { clients, patients, senders, fresh }
}

async function makeLaboratory(): Promise<SimulatedSender> {
  const { clientId, privateJwk } = await makeClient('laboratory')
  return { clientId, privateJwk, nihii: '', name: 'Labo Dijle (simulated)' }
}

const patient = z.object({
  insz: z.string(),
  familyName: z.string(),
  givenName: z.string(),
  birthDate: z.string(),
  sex: z.enum(['female', 'male']),
})

type Patient = z.infer<typeof patient>

/** The patients of a file; null when there is none, or none that can be read. */
function keptPatients(file: string): readonly Patient[] | null {
  const read = z.array(patient).min(1).safeParse(readJsonSync(file))
  return read.success ? read.data : null
}

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
  const patients = (keptPatients(file) ?? []).map((one) => ({
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
