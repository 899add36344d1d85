import { addDays, birthday, type Day } from './calendar.ts'
import type { ItemDefinition, MonitorDefinition } from './definition.ts'
import type { Facts, Span } from './facts.ts'
import { perDefinition } from './per-definition.ts'
import { lastDay, windowsOf } from './standing.ts'

/** Every day after today on which a standing can begin, in order. A day too many costs one look; one too few would be a lie. */
export function boundsAfter(definition: MonitorDefinition, item: ItemDefinition, facts: Facts, today: Day): Day[] {
  const days = new Set<Day>()
  const add = (day: Day): unknown => day > today && days.add(day)
  const addSpans = (spans: readonly Span[]): void => {
    for (const { from, to } of spans) {
      add(from)
      if (to !== null) add(addDays(to, 1))
    }
  }
  const { ages, years, windows } = reachOf(definition, item)
  if (facts.enrolment !== null) addSpans([facts.enrolment])
  addSpans(facts.exemptions)
  addSpans(facts.targets)
  addSpans(facts.features)
  if (facts.deceasedOn !== null) add(facts.deceasedOn)
  if (facts.birthDate !== null) for (const age of ages) add(birthday(facts.birthDate, age))
  if (facts.diagnosedOn !== null) for (const full of years) add(birthday(facts.diagnosedOn, full))
  for (const group of groupsDeciding(definition, item)) for (const { day } of facts.values[group] ?? []) add(day)
  for (const { day } of facts.values[item.group] ?? [])
    for (const months of windows) add(addDays(lastDay(day, item, months), 1))
  return [...days].toSorted()
}

/** What of a definition moves the days of an item. */
interface Reach {
  readonly ages: readonly number[]
  readonly years: readonly number[]
  readonly windows: readonly number[]
}

const reachOf = perDefinition((definition, item: ItemDefinition): Reach => {
  const ages = item.bands.flatMap(({ when }) => [when?.ageFrom, when?.ageBelow])
  const years = item.bands.flatMap(({ when }) => [when?.yearsFrom, when?.yearsBelow])
  return {
    ages: [definition.appliesTo.ageFrom, ...ages].filter((age) => age !== undefined),
    years: years.filter((full) => full !== undefined),
    windows: windowsOf(item),
  }
})

/** Every group whose values can decide an item: its own, its partner's, and those of what exempts and steers it. */
export const groupsDeciding = perDefinition((definition, item: ItemDefinition): readonly string[] => {
  const partner = definition.items.find((one) => one.id === item.replaces || one.replaces === item.id)
  const policies = [
    definition.appliesTo.unless?.policy,
    typeof item.window === 'object' && 'policy' in item.window ? item.window.policy : undefined,
  ].flatMap((name) => (name === undefined ? [] : [definition.policies[name]?.group]))
  const all = [item.group, item.exemptedBy, partner?.group, ...policies].filter((group) => group !== undefined)
  return [...new Set(all)]
})
