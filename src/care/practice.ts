import { displayState, type DisplayState } from '../monitors/display.ts'
import { touchedByOpenActivation } from '../store/care-activations.ts'
import type { Database } from '../store/connect.ts'
import { enrolmentsOfPractice } from '../store/enrolments.ts'
import { itemStatesOfPractice } from '../store/item-states.ts'
import { definitionOf, type CareDeps } from './deps.ts'
import { hasEnded } from './enrolment.ts'
import { readFeeds } from './health.ts'
import { isCurrent, monitorsOf, nameOf, type PatientMonitor } from './monitor.ts'
import { fromOutline } from './outline.ts'

/** Which patients of a practice are meant; what is absent does not narrow. */
export interface PracticeFilter {
  readonly monitor?: string
  readonly item?: string
  readonly state?: DisplayState
}

export interface PracticeMonitors {
  /** By `monitor item` how many patients stand how, whatever item, state and page are asked for. */
  readonly counts: Readonly<Record<string, Readonly<Partial<Record<DisplayState, number>>>>>
  /** Patients on a monitor that the filter means. */
  readonly total: number
  /** How many people these are; one can be on several monitors. */
  readonly patients: number
  readonly page: readonly PatientMonitor[]
  /** Where the next page begins; null on the last one. */
  readonly next: string | null
}

interface Line {
  readonly patient: Buffer
  readonly monitor: string
  readonly states: ReadonlyMap<string, DisplayState>
}

/**
 * The monitors of a practice: counts by item and state, and a page of patients in the order of their index. Who is enrolled
 * no more is not among them: the practice may not read them any longer. Colours of all are worked out as a single patient's
 * are, without opening what is sealed; what is behind counts as unreliable here, and is evaluated for the page.
 *
 * @example await practiceMonitors(deps, db, 'praktijk-noord', { state: 'red-overdue' }, { after: null, limit: 50 }, new Date())
 */
export async function practiceMonitors(
  deps: CareDeps,
  db: Database,
  practice: string,
  filter: PracticeFilter,
  page: { readonly after: string | null; readonly limit: number },
  now: Date,
): Promise<PracticeMonitors> {
  const lines = await linesOf(deps, db, practice, filter, now)
  const meant = lines.filter(({ states }) => {
    const shown = filter.item === undefined ? [...states.values()] : [states.get(filter.item)]
    return filter.state === undefined || shown.includes(filter.state)
  })
  const rest = meant.filter((line) => page.after === null || placeOf(line) > page.after)
  const chosen = rest.slice(0, page.limit)
  const wanted = new Set(chosen.map(placeOf))
  const patients = [...new Map(chosen.map(({ patient }) => [patient.toString('hex'), patient])).values()]
  const monitors = patients.length === 0 ? [] : await monitorsOf(deps, db, patients, now)
  const last = chosen.at(-1)
  return {
    counts: countsOf(lines),
    total: meant.length,
    patients: new Set(meant.map(({ patient }) => patient.toString('hex'))).size,
    page: monitors.filter((one) => wanted.has(placeOf(one))),
    next: last === undefined || rest.length <= page.limit ? null : placeOf(last),
  }
}

const placeOf = ({ patient, monitor }: Pick<Line, 'patient' | 'monitor'>): string =>
  `${patient.toString('hex')} ${monitor}`

async function linesOf(
  deps: CareDeps,
  db: Database,
  practice: string,
  filter: PracticeFilter,
  now: Date,
): Promise<Line[]> {
  const enrolments = (await enrolmentsOfPractice(db, practice)).filter((enrolment) => !hasEnded(enrolment, now))
  const touched = await touchedByOpenActivation(
    db,
    enrolments.map(({ patient }) => patient),
  )
  const marks = new Map(touched.map((one) => [one.patient.toString('hex'), one.activation]))
  const states = new Map((await itemStatesOfPractice(db, practice)).map((state) => [nameOf(state), state]))
  const feeds = await readFeeds(db, [practice])
  const health = feeds.healthOf(practice, trusted)
  return enrolments
    .filter(({ monitor }) => filter.monitor === undefined || monitor === filter.monitor)
    .map(({ patient, monitor, version }) => {
      const shown = new Map<string, DisplayState>()
      for (const item of definitionOf(deps, monitor, version)?.items ?? []) {
        const state = states.get(nameOf({ patient, monitor, item: item.id }))
        const isGood = state !== undefined && state.itemHash === item.hash && isCurrent(state, marks, now)
        const evaluation = isGood ? { ...fromOutline(state, version), activation: trusted } : undefined
        shown.set(item.id, displayState(evaluation, item, health, now).state)
      }
      return { patient, monitor, states: shown }
    })
}

const trusted = 'now'

function countsOf(lines: readonly Line[]): PracticeMonitors['counts'] {
  const counts: Record<string, Partial<Record<DisplayState, number>>> = {}
  for (const { monitor, states } of lines) {
    for (const [item, state] of states) {
      const own = (counts[`${monitor} ${item}`] ??= {})
      own[state] = (own[state] ?? 0) + 1
    }
  }
  return counts
}
