import { hash } from 'node:crypto'
import { groupsDeciding } from '../monitors/bounds.ts'
import type { ItemDefinition, MonitorDefinition } from '../monitors/definition.ts'
import { evaluateWritten } from '../monitors/evaluate.ts'
import type { ItemEvaluation } from '../monitors/evaluation.ts'
import type { Facts } from '../monitors/facts.ts'
import { codesDeciding } from '../monitors/touch.ts'
import { groupsOf } from '../monitors/value.ts'
import type { ItemKey } from '../store/care-dirty.ts'
import type { Queryable } from '../store/connect.ts'
import { enrolmentsOf, type EnrolmentRow } from '../store/enrolments.ts'
import { definitionOf, type CareDeps } from './deps.ts'
import { enrolmentName, type PersonFacts } from './enrolment.ts'
import { loadValues, type Loading, type PatientValues } from './values.ts'

/** An item of a patient as the facts have it now. */
export interface EvaluatedItem extends ItemKey {
  readonly evaluation: ItemEvaluation
  /** Its JSON. */
  readonly written: string
  /** Hash of all it was evaluated from: from the same, and before time changes it, nothing else can come. */
  readonly fingerprint: string
  readonly practice: string
  /** A record it may rest on is still to be checked. */
  readonly unchecked: boolean
}

export interface Evaluating<Key extends ItemKey> extends Loading {
  readonly now: Date
  /** The activation number the facts are read under. */
  readonly mark: number
  /** Told the fingerprint before an item is evaluated; one that is known is not, and comes back in `same`. */
  readonly isKnown?: (key: Key, fingerprint: string) => boolean
}

/**
 * Evaluates items of patients from what is stored: one question for the enrolments, one for the results, one for the
 * verdicts, however many items. An item of nobody who is enrolled, or that its monitor has no longer, comes back in `gone`; one of a
 * version this node does not have in `unknown`.
 *
 * @example const { evaluated } = await evaluateItems(deps, db, [{ patient, monitor: 'copd', item: 'ccq' }], { now, mark })
 */
export async function evaluateItems<Key extends ItemKey>(
  deps: CareDeps,
  db: Queryable,
  items: readonly Key[],
  { now, mark, overlay, everyTerm, isKnown = () => false }: Evaluating<Key>,
): Promise<Evaluated<Key>> {
  const evaluated: (Key & EvaluatedItem)[] = []
  const same: (Key & { readonly unchecked: boolean })[] = []
  const gone: Key[] = []
  const unknown: Key[] = []
  const wanted = Map.groupBy(items, personName)
  const patients = patientsOf([...wanted.values()].map(([first]) => first!))
  const people = await loadPeople(deps, db, wanted, patients)
  const values = await loadValues(deps, db, patients, termsOf(people), { overlay, everyTerm })
  for (const [name, own] of wanted) {
    const person = people.get(name)
    if (person?.definition == null) {
      ;(person?.definition === null ? unknown : gone).push(...own)
      continue
    }
    const { definition, enrolment } = person
    const { facts, unchecked } = factsOf(person, definition, values.get(enrolment.patient.toString('hex')), mark)
    const fingerprintOf = fingerprints(definition, enrolment, facts)
    for (const key of own) {
      const item = definition.items.find(({ id }) => id === key.item)
      if (item === undefined) {
        gone.push(key)
        continue
      }
      const fingerprint = fingerprintOf(item)
      if (isKnown(key, fingerprint)) same.push({ ...key, unchecked })
      else {
        const { evaluation, written } = evaluateWritten(definition, item, facts, now)
        evaluated.push({ ...key, evaluation, written, fingerprint, practice: enrolment.practice, unchecked })
      }
    }
  }
  return { evaluated, same, gone, unknown }
}

export interface Evaluated<Key extends ItemKey> {
  readonly evaluated: readonly (Key & EvaluatedItem)[]
  readonly same: readonly (Key & { readonly unchecked: boolean })[]
  readonly gone: readonly Key[]
  readonly unknown: readonly Key[]
}

interface Person {
  readonly enrolment: EnrolmentRow
  /** null: of a version that only newer nodes have. */
  readonly definition: MonitorDefinition | null
  readonly facts: PersonFacts
  /** The items asked for. */
  readonly items: readonly string[]
}

const personName = ({ patient, monitor }: Pick<ItemKey, 'patient' | 'monitor'>): string =>
  `${patient.toString('hex')} ${monitor}`

const patientsOf = (items: readonly Pick<ItemKey, 'patient'>[]): Buffer[] => [
  ...new Map(items.map(({ patient }) => [patient.toString('hex'), patient])).values(),
]

async function loadPeople(
  deps: CareDeps,
  db: Queryable,
  wanted: ReadonlyMap<string, readonly ItemKey[]>,
  patients: readonly Buffer[],
): Promise<ReadonlyMap<string, Person>> {
  const people = new Map<string, Person>()
  for (const enrolment of await enrolmentsOf(db, patients)) {
    const name = personName(enrolment)
    const own = wanted.get(name)
    if (own === undefined) continue
    const definition = definitionOf(deps, enrolment.monitor, enrolment.version) ?? null
    const facts = await openPerson(deps, enrolment)
    people.set(name, { enrolment, definition, facts, items: own.map(({ item }) => item) })
  }
  return people
}

/** Opens the sealed person of an enrolment. */
export async function openPerson({ vault }: CareDeps, enrolment: EnrolmentRow): Promise<PersonFacts> {
  const { patient, monitor, content, dataKey } = enrolment
  const bytes = vault.unseal(await vault.byId(dataKey), content, enrolmentName(patient, monitor))
  return JSON.parse(bytes.toString()) as PersonFacts
}

/** Every code that decides one of the items. */
function termsOf(people: ReadonlyMap<string, Person>): string[] {
  const terms = new Set<string>()
  const seen = new Set<string>()
  for (const { definition, items } of people.values()) {
    if (definition === null) continue
    for (const item of items) {
      const name = `${definition.name} ${definition.version} ${item}`
      if (seen.has(name)) continue
      seen.add(name)
      for (const code of codesDeciding(definition, item)) terms.add(code)
    }
  }
  return [...terms]
}

/** The facts of a person under one definition, for all its items. */
function factsOf(
  person: Person,
  definition: MonitorDefinition,
  own: PatientValues | undefined,
  mark: number,
): { readonly facts: Facts; readonly unchecked: boolean } {
  const { zone, fromDay, toDay } = person.enrolment
  const { birthDate, diagnosedOn, deceasedOn, targets, exemptions, features } = person.facts
  const facts: Facts = {
    zone,
    activation: String(mark),
    enrolment: { from: fromDay, to: toDay },
    birthDate,
    diagnosedOn,
    deceasedOn,
    targets,
    exemptions,
    features,
    values: byGroup(definition, own?.values(zone) ?? []),
  }
  return { facts, unchecked: own?.unchecked ?? false }
}

/** What the items of one person are evaluated from, each as a hash; what they share is written out once. */
function fingerprints(definition: MonitorDefinition, { practice }: EnrolmentRow, facts: Facts) {
  const { values, activation: _, ...person } = facts
  const shared = JSON.stringify([definition.name, definition.version, practice, person])
  const texts = new Map<string, string>()
  const textOf = (group: string): string => {
    let text = texts.get(group)
    if (text === undefined) {
      // By record: the order in which they were read says nothing.
      const list = (values[group] ?? []).toSorted((a, b) => (a.record < b.record ? -1 : 1))
      texts.set(group, (text = list.length === 0 ? '' : JSON.stringify(list)))
    }
    return text
  }
  return (item: ItemDefinition): string => {
    const groups = groupsDeciding(definition, item).map((group) => `\n${group} ${textOf(group)}`)
    return hash('sha256', `${item.hash}\n${shared}${groups.join('')}`)
  }
}

function byGroup(
  definition: MonitorDefinition,
  values: ReturnType<PatientValues['values']>,
): Record<string, typeof values> {
  const groups: Record<string, (typeof values)[number][]> = {}
  for (const value of values) {
    for (const group of groupsOf(definition, value.codes)) (groups[group] ??= []).push(value)
  }
  return groups
}
