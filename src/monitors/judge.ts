import type { Day } from './calendar.ts'
import type { CodeGroup, ItemDefinition, MonitorDefinition } from './definition.ts'
import type { Facts, MonitorValue } from './facts.ts'
import { sentence, type ClinicalState, type Sentence, type ShownValue } from './sentence.ts'
import { featureOn, place, targetsOn, type ChosenTargets } from './target.ts'
import { originOf } from './values.ts'

/** What the values that count make of an item. */
export interface Judgement {
  readonly state: ClinicalState
  readonly basis: 'evidence' | 'absence'
  /** The deciding value first; empty when nothing counts. */
  readonly evidence: readonly MonitorValue[]
  /** null: nothing came, told by what was there before. */
  readonly reason: Sentence | null
  readonly rule: readonly Sentence[]
  readonly notes: readonly Sentence[]
}

interface Values {
  /** Every usable value, newest first. */
  readonly all: readonly MonitorValue[]
  /** Those within the window. */
  readonly counted: readonly MonitorValue[]
  readonly months: number | null
}

/** Reduces the values to what decides, and holds that against the target. */
export function judge(
  definition: MonitorDefinition,
  item: ItemDefinition,
  group: CodeGroup,
  facts: Facts,
  day: Day,
  { all, counted, months }: Values,
): Judgement {
  const [first] = counted
  if (first === undefined) {
    const state = all.length === 0 ? 'unknown' : 'red-overdue'
    return { state, basis: 'absence', evidence: [], reason: null, rule: [], notes: [] }
  }
  if (item.reducer === 'count') return judgeCount(item, counted, months)
  const chosen = targetsOn(definition, item, facts, day)
  const isPresence = chosen.targets.length === 0
  const deciding = isPresence ? first : reduce(item.reducer, counted, chosen)
  const { state, code } = isPresence ? asRecorded : outcomeOf(deciding, chosen)
  return {
    state,
    basis: 'evidence',
    evidence: [deciding],
    reason: reasonOf(code, deciding, group),
    rule: chosen.targets.map((target) =>
      sentence('target', { target, unit: group.shown ?? group.unit ?? '', personal: chosen.personal }),
    ),
    notes: gradesOf(definition, item, facts, day, deciding),
  }
}

type NumberSentence = 'in-target' | 'out-of-target' | 'undecided-comparator' | 'undecided-patient'

function reasonOf(code: NumberSentence | 'recorded', deciding: MonitorValue, group: CodeGroup): Sentence {
  const shown = shownOf(deciding, group)
  const origin = originOf(deciding)
  return code === 'recorded' || shown === null
    ? sentence('recorded', { ...origin, shown })
    : sentence(code, { ...origin, shown })
}

const asRecorded = { state: 'green', code: 'recorded' } as const

/** Undecided by the comparator, or because it is not known which target holds for the patient. */
function outcomeOf(deciding: MonitorValue, chosen: ChosenTargets) {
  const places = chosen.targets.map((target) => placeOf(deciding, { ...chosen, targets: [target] }))
  const isOne = places.every((one) => one === places[0])
  if (isOne && places[0] === 'in') return { state: 'green', code: 'in-target' } as const
  if (isOne && places[0] === 'out') return { state: 'red-out-of-target', code: 'out-of-target' } as const
  const code = places.includes('in') || places.includes('out') ? 'undecided-patient' : 'undecided-comparator'
  return { state: 'unknown', code } as const
}

/** Enough of something; too few is an absence, which a disturbed feed would explain too. */
function judgeCount(item: ItemDefinition, counted: readonly MonitorValue[], months: number | null): Judgement {
  const needed = item.bands[0]?.target.atLeast ?? 1
  const count = counted.length
  const base = { evidence: counted, rule: [], notes: [] } as const
  if (count >= needed)
    return { ...base, state: 'green', basis: 'evidence', reason: sentence('enough-recorded', { count, needed }) }
  const reason = sentence('too-few', { count, needed, months: months ?? 0 })
  return { ...base, state: 'red-overdue', basis: 'absence', reason }
}

/** The value that decides; `values` is newest first and not empty. */
function reduce(
  reducer: ItemDefinition['reducer'],
  values: readonly MonitorValue[],
  chosen: ChosenTargets,
): MonitorValue {
  const [newest, ...rest] = values
  if (newest === undefined) throw new RangeError('nothing to reduce')
  if (reducer === 'any') {
    const by = (wanted: string): MonitorValue | undefined => values.find((value) => placeOf(value, chosen) === wanted)
    return by('in') ?? by('undecided') ?? newest
  }
  if (reducer === 'latest') return newest
  const isBetter = (a: number, b: number): boolean => (reducer === 'min' ? a < b : a > b)
  return rest.reduce((best, value) => (isBetter(numberOf(value), numberOf(best)) ? value : best), newest)
}

const numberOf = ({ measured }: MonitorValue): number => (measured.state === 'quantity' ? measured.value : Number.NaN)

function placeOf({ measured }: MonitorValue, { targets }: ChosenTargets): 'in' | 'out' | 'undecided' {
  return measured.state === 'quantity' ? place(measured.value, measured.comparator, targets) : 'undecided'
}

/** A value as a sentence shows it; null for one without a number. */
export function shownOf({ measured }: MonitorValue, group: CodeGroup): ShownValue | null {
  if (measured.state !== 'quantity') return null
  const { value, comparator, original, unit } = measured
  return { comparator: comparator ?? '', value, unit: group.shown ?? unit, original }
}

function gradesOf(
  definition: MonitorDefinition,
  item: ItemDefinition,
  facts: Facts,
  day: Day,
  { measured }: MonitorValue,
): Sentence[] {
  if (measured.state !== 'quantity') return []
  const { value, comparator } = measured
  return item.grades
    .filter(({ when }) => place(value, comparator, [when]) === 'in')
    .flatMap(({ texts, alert }) => [
      sentence('grade', { texts }),
      ...(alert !== undefined && featureOn(definition, alert.with, facts, day) === 'yes'
        ? [sentence('alert', { texts: alert.texts })]
        : []),
    ])
}
