import { birthday, type Day } from './calendar.ts'
import type { ItemDefinition, MonitorDefinition } from './definition.ts'
import type { Facts } from './facts.ts'
import { sentence, type Sentence } from './sentence.ts'
import { lasts, newest } from './target.ts'
import { originOf, sift, type Question } from './values.ts'

/** What keeps an item from applying, and the values in question that could decide otherwise. */
export interface Applicability {
  readonly why: Sentence | null
  readonly questions: readonly Question[]
}

/** Whether an item applies to the patient on a day; the reason that reaches furthest is the one told. */
export function applicabilityOn(
  definition: MonitorDefinition,
  item: ItemDefinition,
  facts: Facts,
  day: Day,
): Applicability {
  const person = personalReason(definition, item, facts, day)
  if (person !== null) return { why: person, questions: [] }
  const questions: Question[] = []
  const { unless } = definition.appliesTo
  if (unless !== undefined) {
    const policy = policyOn(definition, unless.policy, facts, day)
    questions.push(...policy.questions)
    if (policy.meaning === unless.means) return { why: sentence('other-practitioner', policy.origin), questions }
  }
  const recorded = recordedExemption(definition, item, facts, day)
  return {
    why: recorded.why ?? partnerReason(definition, item, facts, day),
    questions: [...questions, ...recorded.questions],
  }
}

function personalReason(definition: MonitorDefinition, item: ItemDefinition, facts: Facts, day: Day): Sentence | null {
  const { enrolment, deceasedOn, birthDate } = facts
  if (deceasedOn !== null && day >= deceasedOn) return sentence('deceased', { on: deceasedOn })
  if (enrolment === null || !lasts(enrolment, day))
    return sentence('not-enrolled', { from: enrolment?.from ?? null, to: enrolment?.to ?? null })
  const age = definition.appliesTo.ageFrom
  const grown = birthDate === null ? null : birthday(birthDate, age)
  if (grown !== null && day < grown) return sentence('under-age', { age, until: grown })
  const exemptions = facts.exemptions.filter((one) => (one.item === '*' || one.item === item.id) && lasts(one, day))
  const exemption = newest(exemptions.filter((one) => one.item === '*')) ?? newest(exemptions)
  if (exemption === undefined) return null
  return sentence('exempt', { reason: exemption.reason, from: exemption.from, to: exemption.to })
}

function recordedExemption(definition: MonitorDefinition, item: ItemDefinition, facts: Facts, day: Day): Applicability {
  const group = item.exemptedBy === undefined ? undefined : definition.groups[item.exemptedBy]
  if (group === undefined || item.exemptedBy === undefined) return { why: null, questions: [] }
  const { usable, questions } = sift(group, facts.values[item.exemptedBy], day)
  const [first] = usable
  return { why: first === undefined ? null : sentence('exempt-recorded', originOf(first)), questions }
}

/**
 * Of two items of which one takes the other's place, the one with the newer result counts, both when they are of one day,
 * and the one replaced while neither was measured. A result in question keeps its own item open, and never closes another.
 */
function partnerReason(definition: MonitorDefinition, item: ItemDefinition, facts: Facts, day: Day): Sentence | null {
  const other = definition.items.find((one) => one.id === item.replaces || one.replaces === item.id)
  if (other === undefined) return null
  const mine = daysOf(definition, item, facts, day)
  const theirs = daysOf(definition, other, facts, day)
  if (other.replaces === item.id) {
    const isReplaced = theirs.usable > '' && theirs.usable > mine.usable
    return isReplaced ? sentence('replaced-by', { other: other.texts, day: theirs.usable }) : null
  }
  const isOpen = mine.any > '' && mine.any >= theirs.usable
  return isOpen ? null : sentence('other-in-use', { other: other.texts })
}

function daysOf(
  definition: MonitorDefinition,
  item: ItemDefinition,
  facts: Facts,
  day: Day,
): { readonly usable: Day; readonly any: Day } {
  const group = definition.groups[item.group]
  if (group === undefined) return { usable: '', any: '' }
  const { usable, questions } = sift(group, facts.values[item.group], day)
  const [first] = usable
  const [question] = questions
  const days = [first?.day ?? '', question?.value.day ?? '']
  return { usable: first?.day ?? '', any: days.toSorted().at(-1) ?? '' }
}

export interface PolicyAnswer {
  /** What the newest answer means, `other` for an answer not listed, null when there is none. */
  readonly meaning: string | null
  readonly origin: { readonly day: Day; readonly source: string }
  /** Answers newer than the one that counts, which cannot be trusted. */
  readonly questions: readonly Question[]
}

/** What a policy says on a day. */
export function policyOn(definition: MonitorDefinition, name: string, facts: Facts, day: Day): PolicyAnswer {
  const policy = definition.policies[name]
  const group = policy === undefined ? undefined : definition.groups[policy.group]
  const origin = { day: '', source: '' }
  if (policy === undefined || group === undefined) return { meaning: null, origin, questions: [] }
  const { usable, questions } = sift(group, facts.values[policy.group], day)
  const [first] = usable
  const open = questions.filter(({ value }) => first === undefined || value.day >= first.day)
  if (first === undefined) return { meaning: null, origin, questions: open }
  const answers = first.measured.state === 'coded' ? first.measured.answers : []
  const known = answers.map((answer) => policy.answers[answer]).find((meaning) => meaning !== undefined)
  return { meaning: known ?? 'other', origin: originOf(first), questions: open }
}
