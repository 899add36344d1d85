import type { Band, Condition, ItemDefinition, MonitorDefinition } from './definition.ts'
import { birthday, type Day } from './calendar.ts'
import type { Comparator } from '../formats/lab/observation.ts'
import type { Facts, Feature, PersonalTarget, Span, Target } from './facts.ts'

/** What of a patient a target can depend on. */
export type TargetFacts = Pick<Facts, 'birthDate' | 'diagnosedOn' | 'targets' | 'features'>

export interface ChosenTargets {
  readonly personal: boolean
  /** More than one only when something about the patient is not known. */
  readonly targets: readonly Target[]
}

/** The targets that may hold for the patient on a day: a personal one before every band, then the first band that holds. */
export function targetsOn(
  definition: MonitorDefinition,
  item: ItemDefinition,
  facts: TargetFacts,
  day: Day,
): ChosenTargets {
  const personal = item.personalTarget ? personalOn(facts.targets, item.id, day) : undefined
  if (personal !== undefined) return { personal: true, targets: [personal.target] }
  const targets: Target[] = []
  for (const band of item.bands) {
    const holds = bandHolds(definition, band, facts, day)
    if (holds !== 'no') targets.push(band.target)
    if (holds === 'yes') break
  }
  return { personal: false, targets }
}

/**
 * Where a number lies: `undecided` when a comparator leaves both sides open, such as `< 60` against at most 53.
 *
 * @example place(20, '<', [{ below: 53 }]) // 'in'
 */
export function place(value: number, comparator: Comparator | null, targets: readonly Target[]): Place {
  const places = targets.map((target) => placeIn(value, comparator, target))
  const [first = 'in'] = places
  return places.every((one) => one === first) ? first : 'undecided'
}

export type Place = 'in' | 'out' | 'undecided'

/** Compared as intervals: inside when the target holds all the numbers meant, outside when it holds none of them. */
function placeIn(value: number, comparator: Comparator | null, target: Target): Place {
  const isUpper = comparator === '<' || comparator === '<='
  const isLower = comparator === '>' || comparator === '>='
  const low = { at: isUpper ? -Infinity : value, open: comparator === '>' }
  const high = { at: isLower ? Infinity : value, open: comparator === '<' }
  const from = higher(
    { at: target.atLeast ?? -Infinity, open: false },
    { at: target.above ?? -Infinity, open: target.above !== undefined },
  )
  const to = lower(
    { at: target.atMost ?? Infinity, open: false },
    { at: target.below ?? Infinity, open: target.below !== undefined },
  )
  const isDisjoint =
    low.at > to.at ||
    (low.at === to.at && (low.open || to.open)) ||
    high.at < from.at ||
    (high.at === from.at && (high.open || from.open))
  if (isDisjoint) return 'out'
  const isBelow = high.at < to.at || (high.at === to.at && (high.open || !to.open))
  const isAbove = low.at > from.at || (low.at === from.at && (low.open || !from.open))
  return isBelow && isAbove ? 'in' : 'undecided'
}

interface Bound {
  readonly at: number
  readonly open: boolean
}

const higher = (a: Bound, b: Bound): Bound => (a.at > b.at || (a.at === b.at && a.open) ? a : b)
const lower = (a: Bound, b: Bound): Bound => (a.at < b.at || (a.at === b.at && a.open) ? a : b)

type Answer = 'yes' | 'no' | 'unknown'

function bandHolds(definition: MonitorDefinition, { when }: Band, facts: TargetFacts, day: Day): Answer {
  if (when === undefined) return 'yes'
  const answers = [
    ...yearAnswers(facts.birthDate, when.ageFrom, when.ageBelow, day),
    ...yearAnswers(facts.diagnosedOn, when.yearsFrom, when.yearsBelow, day),
    ...featureAnswers(definition, when, facts, day),
  ]
  if (answers.includes('no')) return 'no'
  return answers.includes('unknown') ? 'unknown' : 'yes'
}

function yearAnswers(start: Day | null, from: number | undefined, below: number | undefined, day: Day): Answer[] {
  const reached = (years: number): boolean => start !== null && day >= birthday(start, years)
  const answers: Answer[] = []
  if (from !== undefined) answers.push(start === null ? 'unknown' : reached(from) ? 'yes' : 'no')
  if (below !== undefined) answers.push(start === null ? 'unknown' : reached(below) ? 'no' : 'yes')
  return answers
}

function featureAnswers(definition: MonitorDefinition, when: Condition, facts: TargetFacts, day: Day): Answer[] {
  const turned: Readonly<Record<Answer, Answer>> = { yes: 'no', no: 'yes', unknown: 'unknown' }
  return [
    ...when.with.map((name) => featureOn(definition, name, facts, day)),
    ...when.without.map((name) => turned[featureOn(definition, name, facts, day)]),
  ]
}

/** Whether the patient has a feature on a day; when several say so, the one that began last counts. */
export function featureOn(
  definition: MonitorDefinition,
  name: string,
  facts: Pick<Facts, 'features'>,
  day: Day,
): Answer {
  const told = newest(facts.features.filter((one: Feature) => one.name === name && lasts(one, day)))
  return told === undefined ? (definition.features[name]?.unlisted ?? 'unknown') : told.holds ? 'yes' : 'no'
}

function personalOn(targets: readonly PersonalTarget[], item: string, day: Day): PersonalTarget | undefined {
  return newest(targets.filter((one) => one.item === item && lasts(one, day)))
}

/** Whether a day lies in a span; both its ends belong to it. */
export function lasts(span: Span, day: Day): boolean {
  return span.from <= day && (span.to === null || day <= span.to)
}

/** The one that began last; of two that began together always the same one, whatever their order. */
export function newest<One extends Span>(spans: readonly One[]): One | undefined {
  if (spans.length < 2) return spans[0]
  return spans.toSorted((a, b) =>
    a.from === b.from ? (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1) : a.from < b.from ? 1 : -1,
  )[0]
}
