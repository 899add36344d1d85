import { enrol } from '../care/enrol.ts'
import { readEnrolFile } from '../care/enrol-file.ts'
import { monitorsOf } from '../care/monitor.ts'
import { brusselsDay } from '../kernel/clock.ts'
import { account } from '../ledger/account.ts'
import { identifierIndex } from '../ledger/patient.ts'
import { openWork } from '../store/drill-facts.ts'
import { withheldLines } from '../store/visibility.ts'
import { untilSo } from './actions.ts'
import { again } from './again.ts'
import type { LabDay } from './lab-checks.ts'
import type { LabPerson } from './lab-people.ts'
import type { LabTown } from './lab-town.ts'
import { judgeShown, type Judged, type ShownItem } from './lab-truth.ts'

/** Enrols everybody as the practices do it: one file each. */
export async function enrolEverybody(town: LabTown, people: readonly LabPerson[]): Promise<void> {
  for (const [practice, own] of Map.groupBy(people, (person) => person.practice)) {
    const patients = own.map(({ patient }) => ({
      identifier: patient.insz,
      name: `${patient.givenName} ${patient.familyName}`,
      monitor: 'diabetes-cvrm',
      from: '2020-01-01',
      birthDate: patient.birthDate,
      diagnosedOn: '2019-06-01',
    }))
    await enrol(town.care, town.db, readEnrolFile(JSON.stringify({ practice, patients })), 'drill')
  }
}

const readAtOnce = 100

/** Reads monitors as a care team does; every item of every monitor. */
export async function readMonitors(town: LabTown, people: readonly LabPerson[]): Promise<ShownItem[]> {
  const shown: ShownItem[] = []
  for (let at = 0; at < people.length; at += readAtOnce) {
    const insz = new Map(
      people
        .slice(at, at + readAtOnce)
        .map(({ patient }) => [indexOf(town, patient.insz).toString('hex'), patient.insz] as const),
    )
    const patients = [...insz.keys()].map((hex) => Buffer.from(hex, 'hex'))
    for (const { patient, display } of await monitorsOf(town.care, town.db, patients, new Date())) {
      const whose = insz.get(patient.toString('hex'))!
      for (const { item, state, evidence } of display.items) {
        shown.push({ insz: whose, item, state, restsOn: JSON.stringify(evidence) })
      }
    }
  }
  return shown
}

const indexOf = ({ vault }: LabTown, insz: string): Buffer =>
  identifierIndex(vault.keys, { scheme: 'insz', value: insz, assigner: '' }, '')

/** How many results are withheld now, by the client of their laboratory. */
export async function withheldNow(town: LabTown): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const { clientId, count } of await withheldLines(town.db)) {
    found.set(clientId, (found.get(clientId) ?? 0) + count)
  }
  return found
}

/**
 * Waits until everything sent was acknowledged, is in the database (a receipt may come from the spool) and worked through.
 * Throws when that takes too long.
 */
export async function untilWorked(town: LabTown, patienceSeconds = 900): Promise<void> {
  const worked = await untilSo(
    town,
    async () => {
      const sent = Object.values(await town.laboratories())
      if (sent.some(({ waiting }) => waiting > 0)) return false
      const acknowledged = sent.reduce((sum, one) => sum + one.acknowledged + one.unreadable, 0)
      const { messages } = await labBooks(town)
      return messages >= acknowledged && (await openWork(town.db)).steps === 0
    },
    patienceSeconds,
  )
  if (!worked) throw new Error('what the laboratories sent was not worked through in time')
}

/** The hub's books of the laboratories: messages taken, results read and withheld, and whether all of it balances. */
export async function labBooks({ db }: LabTown) {
  const days = { from: brusselsDay(new Date(Date.now() - 86_400_000)), to: brusselsDay(new Date()) }
  const { messages, records, balanced } = await account(db, days)
  const own = records.filter(({ service }) => service === 'lab')
  return {
    messages: messages.filter(({ service }) => service === 'lab').reduce((sum, { accepted }) => sum + accepted, 0),
    read: own.reduce((sum, { read }) => sum + read, 0),
    withheld: own.reduce((sum, { withheld }) => sum + withheld, 0),
    balanced,
  }
}

/** Reads the monitors of some patients, and judges what is shown by what is true and by what was shown before the update. */
export async function judgeReaders(day: LabDay, people: readonly LabPerson[]): Promise<Judged> {
  const due = people.flatMap(({ patient }) => day.shownBefore.get(patient.insz) ?? [])
  return judgeShown(day.truth, await readMonitors(day.town, people), day.redBefore, due)
}

/** Reads a round of patients again and again until stopped, and keeps the worst of what was shown. */
export function watchReaders(day: LabDay): { stop(): Promise<Judged> } {
  const { people } = day.cohort
  let at = 0
  const sum = {
    read: 0,
    unreliable: 0,
    wrongRed: [] as ShownItem[],
    wrongGreen: [] as ShownItem[],
    missing: [] as string[],
  }
  const add = (judged: Judged): void => {
    sum.read += judged.read
    sum.unreliable = Math.max(sum.unreliable, judged.unreliable)
    sum.wrongRed.push(...judged.wrongRed)
    sum.wrongGreen.push(...judged.wrongGreen)
    sum.missing.push(...judged.missing)
  }
  const rounds = again(
    async () => {
      const round = people.slice(at, at + readAtOnce)
      at = at + readAtOnce >= people.length ? 0 : at + readAtOnce
      add(await judgeReaders(day, round))
    },
    1_000,
    day.town.signal,
  )
  return {
    async stop() {
      await rounds.stop()
      return sum
    },
  }
}
