import { SluisError } from '../kernel/errors.ts'
import { displayMonitor, type MonitorDisplay } from '../monitors/display.ts'
import type { ItemEvaluation } from '../monitors/evaluation.ts'
import { newestActivation, touchedByOpenActivation } from '../store/care-activations.ts'
import type { ItemKey } from '../store/care-dirty.ts'
import type { Database } from '../store/connect.ts'
import { enrolmentsOf, type EnrolmentRow } from '../store/enrolments.ts'
import { itemStatesOf, type ReadState } from '../store/item-states.ts'
import { definitionOf, type CareDeps } from './deps.ts'
import { itemName, type PersonFacts } from './enrolment.ts'
import { evaluateItems, openPerson } from './evaluate.ts'
import { readFeeds } from './health.ts'

/** One monitor of a patient as it is shown now. */
export interface PatientMonitor {
  readonly patient: Buffer
  readonly monitor: string
  readonly practice: string
  readonly person: PersonFacts
  readonly enrolment: { readonly from: string; readonly to: string | null; readonly zone: string }
  readonly display: MonitorDisplay
  /** Items evaluated for this reader, because what is stored was behind. */
  readonly fresh: number
}

/**
 * The monitors of a patient, each item with its state, evidence and explanation as codes (`explain` says them in a
 * language). Always all items: what is stored and up to date is opened, what is behind is evaluated for this reader, so that
 * it is right with every worker down. Empty for a patient who is not enrolled.
 *
 * @example (await monitorOf(deps, db, identifierIndex(keys, id, ''), new Date()))[0]?.display.items
 */
export async function monitorOf(
  deps: CareDeps,
  db: Database,
  patient: Buffer,
  now: Date,
): Promise<readonly PatientMonitor[]> {
  return monitorsOf(deps, db, [patient], now)
}

/** The same for several patients at once, in the order of their index. */
export async function monitorsOf(
  deps: CareDeps,
  db: Database,
  patients: readonly Buffer[],
  now: Date,
): Promise<readonly PatientMonitor[]> {
  // Before the states: an activation that comes in between makes them look old, never new.
  const touched = await touchedByOpenActivation(db, patients)
  const [enrolments, states] = await Promise.all([enrolmentsOf(db, patients), itemStatesOf(db, patients)])
  const marks = new Map(touched.map((one) => [one.patient.toString('hex'), one.activation]))
  const current = new Map(states.filter((state) => isCurrent(state, marks, now)).map((state) => [nameOf(state), state]))
  const kept = await openAll(deps, enrolments, current)
  const behind = enrolments.flatMap((enrolment) => itemsOf(deps, enrolment).filter((key) => !kept.has(nameOf(key))))
  const fresh = behind.length === 0 ? [] : await evaluateNow(deps, db, behind, now)
  for (const { evaluation, ...key } of fresh) kept.set(nameOf(key), evaluation)
  const feeds = await readFeeds(db, [...new Set(enrolments.map(({ practice }) => practice))])
  const monitors: PatientMonitor[] = []
  for (const enrolment of enrolments) {
    const definition = definitionOf(deps, enrolment.monitor, enrolment.version)
    // Left out it would look as if the patient had no such monitor.
    if (definition === undefined) throw new SluisError('monitor-version-behind', versionOf(enrolment))
    const { patient, monitor, practice, fromDay, toDay, zone } = enrolment
    const evaluations = definition.items.flatMap(({ id }) => {
      const found = kept.get(nameOf({ patient, monitor, item: id }))
      return found === undefined ? [] : [{ ...found, activation: trusted }]
    })
    monitors.push({
      patient,
      monitor,
      practice,
      person: await openPerson(deps, enrolment),
      enrolment: { from: fromDay, to: toDay, zone },
      display: displayMonitor(definition, evaluations, feeds.healthOf(practice, trusted), now),
      fresh: fresh.filter((one) => nameOf({ ...one, item: '' }) === nameOf({ patient, monitor, item: '' })).length,
    })
  }
  return monitors
}

const versionOf = ({ monitor, version }: EnrolmentRow) => ({ monitor, version })

/** Every evaluation that is shown was judged under what counts now: older ones were evaluated anew. */
const trusted = 'now'

export const nameOf = ({ patient, monitor, item }: ItemKey): string => `${patient.toString('hex')} ${monitor} ${item}`

/** Whether nothing happened since a state was evaluated, and time is not past what was worked out ahead. */
export function isCurrent(
  state: Omit<ReadState, 'content' | 'dataKey'>,
  marks: ReadonlyMap<string, number>,
  now: Date,
): boolean {
  if (state.dirty || state.activationMark < (marks.get(state.patient.toString('hex')) ?? 0)) return false
  const outline = state.outline as { readonly next: { readonly until: string | null } | null }
  return outline.next?.until == null || Date.parse(outline.next.until) > now.getTime()
}

function itemsOf(deps: CareDeps, { patient, monitor, version }: EnrolmentRow): ItemKey[] {
  const definition = definitionOf(deps, monitor, version)
  return definition?.items.map(({ id }) => ({ patient, monitor, item: id })) ?? []
}

/** Opens the stored evaluations of the versions the patients are enrolled for. */
async function openAll(
  deps: CareDeps,
  enrolments: readonly EnrolmentRow[],
  states: ReadonlyMap<string, ReadState>,
): Promise<Map<string, ItemEvaluation>> {
  const opened = new Map<string, ItemEvaluation>()
  for (const enrolment of enrolments) {
    const definition = definitionOf(deps, enrolment.monitor, enrolment.version)
    for (const item of definition?.items ?? []) {
      const name = nameOf({ ...enrolment, item: item.id })
      const state = states.get(name)
      if (state === undefined || state.itemHash !== item.hash) continue
      opened.set(name, await openEvaluation(deps, state))
    }
  }
  return opened
}

/** Opens a sealed evaluation. */
async function openEvaluation({ vault }: CareDeps, state: ReadState): Promise<ItemEvaluation> {
  const { patient, monitor, item, content, dataKey } = state
  const bytes = vault.unseal(await vault.byId(dataKey), content, itemName(patient, monitor, item))
  return JSON.parse(bytes.toString()) as ItemEvaluation
}

async function evaluateNow(deps: CareDeps, db: Database, items: readonly ItemKey[], now: Date) {
  const mark = await newestActivation(db)
  const { evaluated } = await evaluateItems(deps, db, items, { now, mark })
  return evaluated
}
