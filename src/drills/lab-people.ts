import { between, oneOf, seededRandom, type Random } from '../formats/eform/random.ts'
import type { AnalyteName, LaboratoryName } from '../../neighbours/laboratories/dialect.ts'
import { inventPatient, type Order, type OrderPatient } from '../../neighbours/laboratories/order.ts'

/** A patient of a practice, with the laboratory it sends to. */
export interface LabPerson {
  readonly patient: OrderPatient
  readonly practice: string
  readonly laboratory: LaboratoryName
}

/** The items of the diabetes monitor that live by results of laboratories here. */
export const judgedItems = ['hba1c', 'egfr', 'ldl'] as const satisfies readonly AnalyteName[]
export type JudgedItem = (typeof judgedItems)[number]

export interface Cohort {
  readonly people: readonly LabPerson[]
  /** Results of the last years, in the order in which they were released. */
  readonly history: readonly Order[]
}

const dayMs = 86_400_000

/**
 * Values well inside and well outside the targets, so that no conversion of a unit moves them over the line; and none so far
 * from another that a change looks as if two tubes had changed places.
 */
const spans: Readonly<
  Record<JudgedItem, { readonly inside: readonly [number, number]; readonly outside: readonly [number, number] }>
> = {
  hba1c: { inside: [42, 50], outside: [57, 74] },
  egfr: { inside: [66, 84], outside: [48, 55] },
  ldl: { inside: [1.8, 2.3], outside: [2.9, 3.2] },
}

/**
 * Invents patients between 41 and 66 with diabetes: most measured within the year, some a year and a half ago, some never.
 * The same seed and day give the same cohort.
 */
export function inventCohort(wish: {
  readonly patients: number
  readonly practices: number
  readonly laboratories: readonly LaboratoryName[]
  readonly seed: number
  readonly now: Date
}): Cohort {
  const random = seededRandom(wish.seed)
  const seen = new Set<string>()
  const people: LabPerson[] = []
  const history: Order[] = []
  while (people.length < wish.patients) {
    const patient = inventPatient(random, wish.now)
    const age = wish.now.getUTCFullYear() - Number(patient.birthDate.slice(0, 4))
    if (age < 41 || age > 66 || seen.has(patient.insz)) continue
    seen.add(patient.insz)
    const person = {
      patient,
      practice: `praktijk-${1 + (people.length % wish.practices)}`,
      laboratory: wish.laboratories[people.length % wish.laboratories.length]!,
    }
    people.push(person)
    const long = random()
    if (long < 0.9)
      history.push(orderOf(person, `${people.length}-1`, daysBefore(wish.now, between(420, 600, random)), random))
    if (long < 0.8)
      history.push(orderOf(person, `${people.length}-2`, daysBefore(wish.now, between(5, 300, random)), random))
  }
  return { people, history: history.toSorted((a, b) => a.releasedAt.localeCompare(b.releasedAt)) }
}

/** A sample taken at a moment and released some hours later, two of three values in target. */
export function orderOf(person: LabPerson, number: string, takenAt: Date, random: Random): Order {
  return {
    laboratory: person.laboratory,
    number: `drill-${number}`,
    patient: person.patient,
    takenAt: takenAt.toISOString(),
    releasedAt: new Date(takenAt.getTime() + between(60, 300, random) * 60_000).toISOString(),
    results: judgedItems.map((analyte) => {
      const [low, high] = spans[analyte][oneOf(['inside', 'inside', 'outside'] as const, random)]
      return { analyte, value: Number((low + random() * (high - low)).toFixed(analyte === 'ldl' ? 1 : 0)) }
    }),
    status: 'F',
  }
}

const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * dayMs)
