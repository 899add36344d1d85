import { applicabilityOn, policyOn } from './applicability.ts'
import { addDays, addMonths, type Day } from './calendar.ts'
import type { CodeGroup, ItemDefinition, MonitorDefinition } from './definition.ts'
import type { Evidence, Expected, Standing } from './evaluation.ts'
import type { Facts, MonitorValue } from './facts.ts'
import { judge, shownOf, type Judgement } from './judge.ts'
import { sentence, type Sentence } from './sentence.ts'
import { newestFirst, originOf, sift, type Question, type Sifted } from './values.ts'

/** How an item stands on a day. It depends on the day and the facts, not on the hour. */
export function standingOn(definition: MonitorDefinition, item: ItemDefinition, facts: Facts, day: Day): Standing {
  return standing(definition, item, facts, day, true)
}

function standing(
  definition: MonitorDefinition,
  item: ItemDefinition,
  facts: Facts,
  day: Day,
  lookingBack: boolean,
): Standing {
  const group = groupOf(definition, item)
  const sifted = sift(group, facts.values[item.group], day)
  const expected: Expected = { feed: item.feed, sources: ownSources(sifted) }
  const { why, questions: open } = applicabilityOn(definition, item, facts, day)
  if (why !== null) return settled('not-applicable', why, open, expected)
  const window = windowOn(definition, item, facts, day)
  const within = (value: MonitorValue): boolean =>
    window.months === null || day <= lastDay(value.day, item, window.months)
  const counted = sifted.usable.filter(within)
  const judged = judge(definition, item, group, facts, day, { all: sifted.usable, counted, months: window.months })
  const inQuestion = sifted.questions.filter(({ value }) => within(value) && matters(item, group, value, judged))
  const questions = [...open, ...window.questions, ...inQuestion].map(({ why }) => why)
  const isAbsent = judged.basis === 'absence'
  return {
    state: judged.state,
    basis: questions.length > 0 ? 'suspect' : judged.basis,
    evidence: judged.evidence.map((value) => evidenceOf(value, group)),
    reason: reasonOf(judged, sifted, item, window.months),
    rule: [...judged.rule, ...(window.months === null ? [] : [sentence('window', { months: window.months })])],
    notes: [...judged.notes, ...notesOn(judged.evidence), ...ignoredSince(sifted, judged.evidence[0])],
    questions,
    expected,
    absence: isAbsent ? absenceOf(definition, item, facts, sifted, window.months, lookingBack) : null,
  }
}

const groupOf = (definition: MonitorDefinition, item: ItemDefinition): CodeGroup => {
  const group = definition.groups[item.group]
  if (group === undefined) throw new TypeError(`${definition.name} has no group ${item.group}`)
  return group
}

function settled(state: 'not-applicable', reason: Sentence, open: readonly Question[], expected: Expected): Standing {
  const questions = open.map(({ why }) => why)
  const basis = questions.length > 0 ? 'suspect' : 'evidence'
  return { state, basis, evidence: [], reason, rule: [], notes: [], questions, expected, absence: null }
}

/** The last day a value of a day counts: grace included, that day itself included. */
export function lastDay(day: Day, item: ItemDefinition, months: number): Day {
  return addDays(addMonths(day, months), item.graceDays)
}

/** The window of an item in months, as its policy steers it; null when a value counts for ever. */
function windowOn(
  definition: MonitorDefinition,
  { window }: ItemDefinition,
  facts: Facts,
  day: Day,
): { readonly months: number | null; readonly questions: readonly Question[] } {
  if (window === 'ever') return { months: null, questions: [] }
  if ('months' in window) return { months: window.months, questions: [] }
  const { meaning, questions } = policyOn(definition, window.policy, facts, day)
  return { months: meaning === null ? window.empty : (window.answers[meaning] ?? window.other), questions }
}

/** Every window an item can have. */
export function windowsOf({ window }: ItemDefinition): readonly number[] {
  if (window === 'ever') return []
  return 'months' in window ? [window.months] : [window.empty, window.other, ...Object.values(window.answers)]
}

/** Whether a value in question could have made another state, had it counted. */
function matters(item: ItemDefinition, group: CodeGroup, value: MonitorValue, judged: Judgement): boolean {
  const [chosen] = judged.evidence
  if (chosen === undefined) return true
  if (item.reducer === 'min' || item.reducer === 'max') return true
  const isPresence = item.bands.length === 0
  if (isPresence || item.reducer === 'any' || item.reducer === 'count')
    return judged.state !== 'green' || (isPresence && value === chosen)
  return value === chosen || newestFirst(group)(value, chosen) < 0
}

function reasonOf(judged: Judgement, sifted: Sifted, item: ItemDefinition, months: number | null): Sentence {
  if (judged.reason !== null) return judged.reason
  const [last] = sifted.usable
  if (last === undefined || months === null) return sentence('never-measured', {})
  return sentence('overdue', { last: last.day, due: lastDay(last.day, item, months) })
}

function absenceOf(
  definition: MonitorDefinition,
  item: ItemDefinition,
  facts: Facts,
  sifted: Sifted,
  months: number | null,
  lookingBack: boolean,
): Standing['absence'] {
  const [last] = sifted.usable
  const withinDays = months === null ? null : months * 31 + item.graceDays
  if (last === undefined || months === null || !lookingBack)
    return { since: last?.day ?? facts.enrolment?.from ?? null, withinDays, last: null }
  const end = lastDay(last.day, item, months)
  return { since: last.day, withinDays, last: { day: end, state: standing(definition, item, facts, end, false).state } }
}

function evidenceOf(value: MonitorValue, group: CodeGroup): Evidence {
  const { measured, record, source, day, at } = value
  const original = measured.state === 'none' ? '' : measured.original
  return { record, source, day, at, shown: shownOf(value, group), original }
}

function notesOn(evidence: readonly MonitorValue[]): Sentence[] {
  return evidence
    .slice(0, 1)
    .flatMap((value) => [
      ...(value.disposition.state === 'flagged'
        ? [sentence('flagged', { ...originOf(value), rule: value.disposition.rule })]
        : []),
      ...(value.dayFrom === 'collected' ? [] : [sentence('day-assumed', { day: value.day, from: value.dayFrom })]),
    ])
}

const mostNotes = 3

/** Values that do not count and came after what counts; the reader may know of them and would miss them. */
function ignoredSince({ ignored }: Sifted, chosen: MonitorValue | undefined): Sentence[] {
  return ignored
    .filter(({ value }) => chosen === undefined || value.day >= chosen.day)
    .slice(0, mostNotes)
    .map(({ why }) => why)
}

const ownResults = 5

/** The sources of the patient's last results of this kind, also of those in question. */
function ownSources({ usable, questions }: Sifted): string[] {
  const values = [...questions.map(({ value }) => value), ...usable].toSorted((a, b) => (a.day < b.day ? 1 : -1))
  return [...new Set(values.slice(0, ownResults).map(({ source }) => source))].toSorted()
}
