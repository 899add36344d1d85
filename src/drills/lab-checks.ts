import { sealOnce, verifyChain } from '../ledger/seal.ts'
import type { LaboratoryName } from '../../neighbours/laboratories/dialect.ts'
import type { LaboratoryAccount } from '../../neighbours/laboratories/laboratory.ts'
import { inventCohort, type Cohort } from './lab-people.ts'
import { enrolEverybody, labBooks, readMonitors, untilWorked } from './lab-reading.ts'
import { forceUpdate, revertByHand, type HarmRun } from './lab-harm.ts'
import { tryUpdate, type TriedRun } from './lab-try.ts'
import { buildLabTown, type LabTown } from './lab-town.ts'
import { judgeShown, makeLabTruth, nameOf, type Judged, type LabTruth } from './lab-truth.ts'

/** What every run of the drill works with. */
export interface LabDay {
  readonly town: LabTown
  readonly cohort: Cohort
  readonly truth: LabTruth
  readonly seed: number
  /** Patient and item of what was red before anything happened. */
  readonly redBefore: ReadonlySet<string>
  /** By patient, the patient and item of all that was shown before anything happened. */
  readonly shownBefore: ReadonlyMap<string, readonly string[]>
  /** The sender that the update misjudges. */
  readonly misjudgedClient: string
  tell(line: string): void
  show(line: string): void
}

export interface LabChecksOptions {
  readonly folder: string
  readonly patients: number
  readonly practices: number
  readonly laboratories: readonly LaboratoryName[]
  readonly seed: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
  readonly show: (line: string) => void
  /** Hears how to end everything at once, for the exit of the process. */
  readonly onTown: (town: LabTown) => void
}

/** All that was found; plain data, so that judging it needs no hub. */
export interface LabFacts {
  readonly patients: number
  readonly practices: number
  readonly laboratories: Readonly<Record<string, LaboratoryAccount>>
  readonly misjudgedClient: string
  /** Patients with a result of the misjudged laboratory when the update was tried. */
  readonly patientsConcerned: number
  readonly before: Judged
  readonly tried: TriedRun
  readonly emergency: HarmRun
  readonly byHand: HarmRun
  readonly balanced: boolean
  readonly recordsRead: number
  readonly withheldAtEnd: number
  readonly chain: { readonly entries: number; readonly broken: number }
}

/**
 * Retells June 2017 with real processes: an update of the checks that misjudges one laboratory, tried, forced, and undone.
 * Gives back what was found. Ends every process it started, also when a run throws.
 */
export async function retellLabChecks(options: LabChecksOptions): Promise<LabFacts> {
  const { laboratories, patients, seed, say, show } = options
  say(`the town is built: a database, a node of the hub, ${laboratories.length} laboratories`)
  const town = await buildLabTown({ ...options, say: () => undefined })
  options.onTown(town)
  try {
    await town.startNode({ guard: true })
    const cohort = inventCohort({ ...options, now: new Date() })
    const truth = makeLabTruth(() => new Date())
    const day = { town, cohort, truth, seed, misjudgedClient: 'laboratory-vecht', tell: say, show }
    return await live({ ...day, redBefore: new Set(), shownBefore: new Map() }, patients, options.practices)
  } finally {
    await town.stop()
  }
}

async function live(empty: LabDay, patients: number, practices: number): Promise<LabFacts> {
  const { town, cohort, truth, tell } = empty
  await enrolEverybody(town, cohort.people)
  tell(`${patients} patients of ${practices} practices are enrolled`)
  for (const order of cohort.history) truth.sent(order)
  await town.order(cohort.history)
  await untilWorked(town)
  truth.settle()
  tell(`the laboratories have sent the results of two years: ${cohort.history.length} orders`)
  const shown = await readMonitors(town, cohort.people)
  const before = judgeShown(truth, shown, new Set(shown.map(nameOf)))
  const red = shown.filter(({ state }) => state.startsWith('red')).map(nameOf)
  const byPatient = Map.groupBy(shown, ({ insz }) => insz).entries()
  const shownBefore = new Map(byPatient.map(([insz, own]) => [insz, own.map(nameOf)]))
  const day = { ...empty, redBefore: new Set(red), shownBefore }

  const tried = await tryUpdate(day)
  tell(`the update was tried on history and refused: ${tried.refusal}`)
  const emergency = await forceUpdate(day)
  await town.startNode({ guard: false })
  tell('the guard is off')
  const byHand = await revertByHand(day)
  return { patients, practices, before, tried, emergency, byHand, ...(await closingFacts(day)) }
}

async function closingFacts({ town, cohort, misjudgedClient }: LabDay) {
  const { db } = town
  const books = await labBooks(town)
  await sealOnce(db)
  const { entries, broken } = await verifyChain(db, 'lab')
  const concerned = cohort.history.filter(({ laboratory }) => `laboratory-${laboratory}` === misjudgedClient)
  return {
    laboratories: await town.laboratories(),
    misjudgedClient,
    patientsConcerned: new Set(concerned.map(({ patient }) => patient.insz)).size,
    balanced: books.balanced,
    recordsRead: books.read,
    withheldAtEnd: books.withheld,
    chain: { entries, broken: broken.length },
  }
}
