import type { MonitorDefinition, ItemDefinition } from './definition.ts'
import type { Absence, Evidence, ItemEvaluation, Standing } from './evaluation.ts'
import { sentence, type ClinicalState, type DisturbanceReason, type Sentence } from './sentence.ts'

/** A stretch of time in which a source did not send as it usually does. One row, however many patients. */
export interface Disturbance {
  readonly source: string
  readonly feed: 'lab' | 'practice'
  readonly from: string
  /** null while it lasts. */
  readonly to: string | null
  /** Up to when everything of the stretch has come in after all; null when nothing is proved. */
  readonly repairedUntil: string | null
  readonly reason: DisturbanceReason
}

/** What is so around the evaluations at the moment of reading. */
export interface FeedHealth {
  readonly disturbances: readonly Disturbance[]
  /** The sources of the patient's organisation by feed, for an item that names none of its own. */
  readonly sources: Readonly<Record<'lab' | 'practice', readonly string[]>>
  /** The rule activations that hold now. */
  readonly activation: string
}

export type DisplayState = ClinicalState | 'unreliable'

/** An item as a reader sees it. */
export interface DisplayedItem {
  readonly item: string
  readonly state: DisplayState
  /** What the facts alone say; null when they were never looked at. */
  readonly clinical: ClinicalState | null
  readonly evidence: readonly Evidence[]
  /** For `explain`: what is so, why, what would change it and when. */
  readonly sentences: readonly Sentence[]
  readonly stateHash: string | null
}

/**
 * What is shown of an evaluation: absence proves something only while the feeds that would have brought the value were
 * healthy, a value that is withheld or in doubt proves nothing, and time that has passed is taken into account here, so that
 * the reader is right with the worker down. An item never evaluated is shown too.
 *
 * @example displayState(undefined, hba1c, health, new Date()).state // 'unreliable'
 */
export function displayState(
  evaluation: ItemEvaluation | undefined,
  item: ItemDefinition,
  health: FeedHealth,
  now: Date,
): DisplayedItem {
  if (evaluation === undefined) return empty(item.id, sentence('not-evaluated', {}))
  const current = standingAt(evaluation, now)
  if (current === null) {
    const since = evaluation.next?.until ?? evaluation.evaluatedAt
    return empty(item.id, sentence('evaluation-late', { since }))
  }
  const { standing, changesAt, changesTo, stateHash } = current
  const shown = judgeTrust(evaluation, standing, health, now)
  return {
    item: item.id,
    state: shown.state,
    clinical: standing.state,
    evidence: standing.evidence,
    stateHash,
    sentences: [
      ...shown.first,
      standing.reason,
      ...shown.after,
      ...standing.rule,
      ...standing.notes,
      ...missingOf(standing, item),
      changesAt !== null && changesTo !== null
        ? sentence('changes-at', { at: changesAt, state: changesTo })
        : sentence('changes-with-value', {}),
    ],
  }
}

/** A patient's monitor: every item of the definition, in its order, whatever is known of it. */
export interface MonitorDisplay {
  readonly definition: MonitorDefinition
  readonly items: readonly DisplayedItem[]
  /** What is to be said of the whole, such as targets nobody confirmed. */
  readonly sentences: readonly Sentence[]
}

/** Shows a whole monitor. An evaluation under another content of its item counts as none. */
export function displayMonitor(
  definition: MonitorDefinition,
  evaluations: readonly ItemEvaluation[],
  health: FeedHealth,
  now: Date,
): MonitorDisplay {
  const items = definition.items.map((item) => {
    const found = evaluations.find((one) => one.item === item.id && one.itemHash === item.hash)
    return displayState(found, item, health, now)
  })
  const isOpen = definition.targets.state === 'to-be-confirmed'
  return { definition, items, sentences: isOpen ? [sentence('targets-to-confirm', {})] : [] }
}

const empty = (item: string, why: Sentence): DisplayedItem => ({
  item,
  state: 'unreliable',
  clinical: null,
  evidence: [],
  sentences: [why],
  stateHash: null,
})

interface Current {
  readonly standing: Standing
  readonly stateHash: string
  readonly changesAt: string | null
  readonly changesTo: ClinicalState | null
}

/** The standing that holds at a moment: the stored one, the one stored for later, or none when both are past. */
function standingAt(evaluation: ItemEvaluation, now: Date): Current | null {
  const { next, nextChangeAt, stateHash } = evaluation
  if (next === null || nextChangeAt === null || now.getTime() < Date.parse(nextChangeAt))
    return { standing: evaluation, stateHash, changesAt: nextChangeAt, changesTo: next?.standing.state ?? null }
  if (next.until !== null && now.getTime() >= Date.parse(next.until)) return null
  return { standing: next.standing, stateHash: next.stateHash, changesAt: null, changesTo: null }
}

interface Trust {
  readonly state: DisplayState
  readonly first: readonly Sentence[]
  readonly after: readonly Sentence[]
}

function judgeTrust(evaluation: ItemEvaluation, standing: Standing, health: FeedHealth, now: Date): Trust {
  if (evaluation.activation !== health.activation) {
    const params = { was: evaluation.activation, is: health.activation }
    return { state: 'unreliable', first: [sentence('other-activation', params)], after: standing.questions }
  }
  if (standing.basis === 'suspect') return { state: 'unreliable', first: standing.questions, after: [] }
  if (standing.state === 'not-applicable') return { state: standing.state, first: [], after: [] }
  const gap = gapOf(standing, now)
  const troubles = health.disturbances.filter((one) => isNeeded(one, standing, health) && liesOpen(one, gap, now))
  const [first] = troubles.toSorted((a, b) => (a.from < b.from ? -1 : 1))
  if (first === undefined) return { state: standing.state, first: [], after: [] }
  const told = troubles.map(({ source, from, to, reason }) => sentence('disturbed', { source, from, to, why: reason }))
  if (standing.basis === 'absence') {
    const certain = lastCertain(standing.absence, first.from)
    return { state: 'unreliable', first: [...told, sentence('absence-no-proof', {})], after: certain }
  }
  if (standing.state === 'green')
    return { state: 'green', first: [], after: [sentence('not-confirmed-since', { since: first.from }), ...told] }
  return { state: standing.state, first: [], after: [sentence('red-stays', {}), ...told] }
}

/** From when on a disturbance could hide a value that would change the standing, in milliseconds since 1970. */
function gapOf({ absence, evidence }: Standing, now: Date): number {
  const since = absence === null ? evidence[0]?.day : (absence.since ?? undefined)
  const from = since === undefined ? -Infinity : Date.parse(`${since}T00:00:00Z`) - dayLength
  const within = absence?.withinDays ?? null
  return within === null ? from : Math.max(from, now.getTime() - (within + 1) * dayLength)
}

const dayLength = 86_400_000

function isNeeded({ source, feed }: Disturbance, { expected }: Standing, health: FeedHealth): boolean {
  if (feed !== expected.feed) return false
  const sources = expected.sources.length > 0 ? expected.sources : health.sources[feed]
  return sources.includes(source)
}

/** Whether a part of the disturbance lies in the gap and has not come in after all. */
function liesOpen({ from, to, repairedUntil }: Disturbance, gap: number, now: Date): boolean {
  const end = to === null ? now.getTime() : Date.parse(to)
  const proved = repairedUntil === null ? -Infinity : Date.parse(repairedUntil)
  return Date.parse(from) <= now.getTime() && end >= gap && (to === null ? true : proved < end)
}

/** What was certain when the disturbance began, when that can be told from what counted before. */
function lastCertain(absence: Absence | null, from: string): Sentence[] {
  if (absence?.last == null) return []
  const { state, day } = absence.last
  const isBefore = Date.parse(from) >= Date.parse(`${day}T00:00:00Z`) + dayLength
  return [sentence('last-certain', { state: isBefore ? 'red-overdue' : state, at: from })]
}

function missingOf({ basis, expected, state }: Standing, item: ItemDefinition): Sentence[] {
  if (basis !== 'absence' && state !== 'red-overdue') return []
  return [sentence('missing', { what: item.texts, feed: expected.feed, sources: expected.sources })]
}
