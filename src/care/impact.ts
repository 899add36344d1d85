import type { LabTables } from '../formats/lab/tables.ts'
import { tablesTried } from '../ledger/tables.ts'
import type { Disposition } from '../monitors/facts.ts'
import { touchedBy, touchIndex, type TouchIndex } from '../monitors/touch.ts'
import { reports, type MonitorChange } from '../store/impact.ts'
import { newestActivation } from '../store/care-activations.ts'
import type { ItemKey } from '../store/care-dirty.ts'
import type { Database } from '../store/connect.ts'
import { enrolledPatientsAfter, enrolmentsOf } from '../store/enrolments.ts'
import { changesOfPatients, patientsOfReport } from '../store/impact-figures.ts'
import { termsOfRecords } from '../store/results.ts'
import { definitionOf, type CareDeps } from './deps.ts'
import { evaluateItems } from './evaluate.ts'
import { nameOf } from './monitor.ts'

const patientsAtOnce = 100

/**
 * What a report would do to monitors: every item its records can touch is evaluated as it is and as it would be, and counted
 * by the state it would leave and enter (`unreliable` where it would rest on a withheld result). A version that brings other
 * tables can touch every item of everybody. Nothing is written; `tell` hears how many patients were looked at.
 *
 * @example await countMonitorChanges(deps, db, report, new Date()) // [{ monitor, from: 'green', to: 'unreliable', count: 12 }]
 */
export async function countMonitorChanges(
  deps: CareDeps,
  db: Database,
  report: number,
  now: Date,
  tell: (patients: number) => void = () => undefined,
): Promise<readonly MonitorChange[]> {
  const counts = new Map<string, MonitorChange>()
  const [found] = await reports(db, { id: report })
  const tables = found?.purpose === 'try' ? await tablesTried(db, await deps.tablesFor(db), found.setting) : null
  const looking = { deps, db, report, now, tables, index: touchIndex(deps.definitions) }
  let looked = 0
  for (let after: Buffer | null = null; ;) {
    const patients: Buffer[] =
      tables === null
        ? await patientsOfReport(db, report, after, patientsAtOnce)
        : await enrolledPatientsAfter(db, after ?? Buffer.alloc(0), patientsAtOnce)
    const last = patients.at(-1)
    if (last === undefined) return [...counts.values()]
    after = Buffer.from(last)
    const changes = new Map((await changesOfPatients(db, report, patients)).map((one) => [one.record, one.change]))
    const items = tables === null ? await touchedItems(looking, patients, changes) : await allItems(looking, patients)
    await compare(looking, items, changes, counts)
    tell((looked += patients.length))
  }
}

interface Looking {
  readonly deps: CareDeps
  readonly db: Database
  readonly report: number
  readonly now: Date
  /** The tables that would count, where these are others. */
  readonly tables: LabTables | null
  readonly index: TouchIndex
}

type Changes = ReadonlyMap<number, 'newly-withheld' | 'newly-visible'>

async function touchedItems(
  { db, index }: Looking,
  patients: readonly Buffer[],
  changes: Changes,
): Promise<readonly ItemKey[]> {
  const enrolled = new Set(
    (await enrolmentsOf(db, patients)).map(({ patient, monitor }) => `${patient.toString('hex')} ${monitor}`),
  )
  const items = new Map<string, ItemKey>()
  for (const { patient, terms } of await termsOfRecords(db, patients, [...changes.keys()])) {
    for (const touched of touchedBy(index, terms)) {
      if (!enrolled.has(`${patient.toString('hex')} ${touched.monitor}`)) continue
      items.set(nameOf({ patient, ...touched }), { patient, ...touched })
    }
  }
  return [...items.values()]
}

async function allItems({ deps, db }: Looking, patients: readonly Buffer[]): Promise<readonly ItemKey[]> {
  return (await enrolmentsOf(db, patients)).flatMap(({ patient, monitor, version }) =>
    (definitionOf(deps, monitor, version)?.items ?? []).map(({ id }) => ({ patient, monitor, item: id })),
  )
}

async function compare(
  { deps, db, now, tables }: Looking,
  items: readonly ItemKey[],
  changes: Changes,
  counts: Map<string, MonitorChange>,
): Promise<void> {
  if (items.length === 0) return
  const mark = await newestActivation(db)
  const overlay = (record: number): Disposition | undefined => {
    const change = changes.get(record)
    if (change === undefined) return undefined
    return change === 'newly-visible' ? { state: 'visible' } : wouldBeWithheld
  }
  const tried = tables === null ? deps : { ...deps, tablesFor: () => Promise.resolve({ of: () => tables, named: [] }) }
  const [before, after] = [
    await evaluateItems(deps, db, items, { now, mark }),
    await evaluateItems(tried, db, items, { now, mark, overlay, everyTerm: tables !== null }),
  ]
  const then = new Map(after.evaluated.map((one) => [nameOf(one), shownOf(one)]))
  for (const one of before.evaluated) {
    const [from, to] = [shownOf(one), then.get(nameOf(one))]
    if (to === undefined || from === to) continue
    const key = `${one.monitor} ${from} ${to}`
    const known = counts.get(key) ?? { monitor: one.monitor, from, to, count: 0 }
    counts.set(key, { ...known, count: known.count + 1 })
  }
}

const wouldBeWithheld: Disposition = {
  state: 'withheld',
  rule: 'tried',
  activation: '',
  since: new Date(0).toISOString(),
}

/** How an item would be shown while every source sends as usual. */
export const shownOf = ({ evaluation }: Awaited<ReturnType<typeof evaluateItems>>['evaluated'][number]): string =>
  evaluation.basis === 'suspect' ? 'unreliable' : evaluation.state
