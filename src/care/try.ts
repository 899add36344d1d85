import type { MonitorDefinition } from '../monitors/definition.ts'
import { newestActivation } from '../store/care-activations.ts'
import type { ItemKey } from '../store/care-dirty.ts'
import { inSnapshot, type Database, type Queryable } from '../store/connect.ts'
import { enrolledOn, enrolmentsOf } from '../store/enrolments.ts'
import type { ReportedChange } from '../store/monitor-moves.ts'
import { definitionOf, type CareDeps } from './deps.ts'
import { evaluateItems } from './evaluate.ts'
import { shownOf } from './impact.ts'
import { nameOf } from './monitor.ts'

/** What a version of a monitor would change for those who are enrolled. */
export interface Tried {
  readonly monitor: string
  readonly version: string
  readonly enrolments: number
  /** Of a version this node does not have: not tried. */
  readonly unknown: number
  /** Items that would stand as they do. */
  readonly unchanged: number
  /** By practice, then the most first. */
  readonly changes: readonly ReportedChange[]
}

const patientsAtOnce = 200

/**
 * Evaluates every item of everybody enrolled on a monitor by the version they are on and by another one, and counts what
 * would change; an item both versions judge alike is not evaluated. Each batch sees one moment of the database and cannot
 * write to it. `tell` hears how many patients are done.
 *
 * @example (await tryDefinition(deps, db, definition, null, now)).changes // [{ practice, item: 'hba1c', from: 'green', .. }]
 */
export async function tryDefinition(
  deps: CareDeps,
  db: Database,
  definition: MonitorDefinition,
  practice: string | null,
  now: Date,
  tell: (patients: number) => void = () => undefined,
): Promise<Tried> {
  const counts = new Map<string, ReportedChange>()
  const totals = { enrolments: 0, unknown: 0, unchanged: 0 }
  for (let after = Buffer.alloc(0), done = 0; ;) {
    const patients = await enrolledOn(db, definition.name, practice, after, patientsAtOnce)
    const last = patients.at(-1)
    if (last === undefined) break
    after = Buffer.from(last)
    const batch = await inSnapshot(db, (tx) => tryBatch(deps, tx, definition, patients, now))
    totals.enrolments += batch.enrolments
    totals.unknown += batch.unknown
    totals.unchanged += batch.unchanged
    for (const change of batch.changes) addTo(counts, change)
    tell((done += patients.length))
  }
  const changes = [...counts.values()].toSorted((a, b) => a.practice.localeCompare(b.practice) || b.count - a.count)
  return { monitor: definition.name, version: definition.version, ...totals, changes }
}

async function tryBatch(
  deps: CareDeps,
  tx: Queryable,
  definition: MonitorDefinition,
  patients: readonly Buffer[],
  now: Date,
): Promise<Omit<Tried, 'monitor' | 'version'>> {
  const enrolments = (await enrolmentsOf(tx, patients)).filter(({ monitor }) => monitor === definition.name)
  const [old, tried]: [ItemKey[], ItemKey[]] = [[], []]
  let [unknown, unchanged] = [0, 0]
  for (const { patient, monitor, version } of enrolments) {
    const current = definitionOf(deps, monitor, version)
    if (current === undefined) {
      unknown += 1
      continue
    }
    const same = judgedAlike(current, definition)
    unchanged += same.size
    const keysOf = ({ items }: MonitorDefinition): ItemKey[] =>
      items.filter(({ id }) => !same.has(id)).map(({ id }) => ({ patient, monitor, item: id }))
    old.push(...keysOf(current))
    tried.push(...keysOf(definition))
  }
  const before = await shownIn(deps, tx, old, now)
  const after = await shownIn(standingIn(deps, definition), tx, tried, now)
  const changes: ReportedChange[] = []
  for (const [name, { practice, item }] of new Map([...before, ...after])) {
    const [from, to] = [before.get(name)?.state ?? null, after.get(name)?.state ?? null]
    if (from === to) unchanged += 1
    else changes.push({ practice, item, from, to, count: 1 })
  }
  return { enrolments: enrolments.length, unknown, unchanged, changes }
}

/** The items of which nothing that decides them differs: moving to the other version leaves them as they stand too. */
function judgedAlike(one: MonitorDefinition, other: MonitorDefinition): ReadonlySet<string> {
  const hashes = new Map(one.items.map(({ id, hash }) => [id, hash]))
  return new Set(other.items.filter(({ id, hash }) => hashes.get(id) === hash).map(({ id }) => id))
}

interface Shown {
  readonly practice: string
  readonly item: string
  readonly state: string
}

async function shownIn(
  deps: CareDeps,
  tx: Queryable,
  items: readonly ItemKey[],
  now: Date,
): Promise<ReadonlyMap<string, Shown>> {
  if (items.length === 0) return new Map()
  const { evaluated } = await evaluateItems(deps, tx, items, { now, mark: await newestActivation(tx) })
  return new Map(evaluated.map((one) => [nameOf(one), { practice: one.practice, item: one.item, state: shownOf(one) }]))
}

/** The care room in which every version of the monitor is the tried one. */
function standingIn(deps: CareDeps, tried: MonitorDefinition): CareDeps {
  const definitions = deps.definitions.map((one) =>
    one.name === tried.name ? { ...tried, version: one.version } : one,
  )
  return { ...deps, definitions }
}

function addTo(counts: Map<string, ReportedChange>, change: ReportedChange): void {
  const { practice, item, from, to, count } = change
  const key = JSON.stringify([practice, item, from, to])
  counts.set(key, { ...change, count: count + (counts.get(key)?.count ?? 0) })
}
