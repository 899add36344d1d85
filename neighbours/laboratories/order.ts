import { dayOf } from '../../src/formats/eform/days.ts'
import { inventPerson } from '../../src/formats/eform/people.ts'
import { between, oneOf, seededRandom, type Random } from '../../src/formats/eform/random.ts'
import { analytes, laboratoryNames, type AnalyteName, type LaboratoryName } from './dialect.ts'

export interface OrderPatient {
  readonly insz: string
  readonly familyName: string
  readonly givenName: string
  /** `YYYY-MM-DD`. */
  readonly birthDate: string
  readonly sex: 'male' | 'female'
}

export interface OrderResult {
  readonly analyte: AnalyteName
  /** In the unit of the monitors, whatever the laboratory writes. */
  readonly value: number
}

/** What a laboratory measured for one patient, before it is written in anybody's dialect. */
export interface Order {
  readonly laboratory: LaboratoryName
  /** The laboratory's own number: a correction carries the same. */
  readonly number: string
  readonly patient: OrderPatient
  /** ISO 8601. */
  readonly takenAt: string
  readonly releasedAt: string
  readonly results: readonly OrderResult[]
  /** OBX-11: final, corrected, or taken back from this patient. */
  readonly status: 'F' | 'C' | 'W'
}

const usual: Readonly<Record<AnalyteName, readonly [number, number]>> = {
  hba1c: [38, 75],
  egfr: [28, 110],
  ldl: [1.4, 4.8],
  creatinine: [55, 160],
  'fasting-glucose': [4.2, 11.5],
}

/** Invents a patient that the simulated laboratories may meet more than once. */
export function inventPatient(random: Random, at: Date): OrderPatient {
  const { insz, familyName, givenName, birthDate, sex } = inventPerson(random, dayOf(at))
  return { insz, familyName, givenName, birthDate, sex }
}

/** A new order of a patient, taken some hours ago. */
export function nextOrder(
  laboratory: LaboratoryName,
  patient: OrderPatient,
  number: string,
  random: Random,
  at: Date,
): Order {
  const from = between(0, analytes.length - 3, random)
  return {
    laboratory,
    number,
    patient,
    takenAt: new Date(at.getTime() - between(180, 1_200, random) * 60_000).toISOString(),
    releasedAt: new Date(at.getTime() - between(2, 90, random) * 60_000).toISOString(),
    results: analytes.slice(from, from + 3).map((analyte) => {
      return { analyte, value: usualValue(patient, analyte) * (0.95 + random() * 0.1) }
    }),
    status: 'F',
  }
}

/** A person's own value, the same every time: what is measured again differs from it by a little. */
function usualValue({ insz }: OrderPatient, analyte: AnalyteName): number {
  const [low, high] = usual[analyte]
  const random = seededRandom(Number(insz.slice(-9)) * analytes.length + analytes.indexOf(analyte))
  return low + random() * (high - low)
}

/** The same order with other values, as a laboratory that looked again sends it. */
export function corrected(order: Order, random: Random, at: Date): Order {
  const results = order.results.map(({ analyte, value }) => ({ analyte, value: value * oneOf([0.9, 1.1], random) }))
  return { ...order, results, status: 'C', releasedAt: at.toISOString() }
}

/** The same results for somebody else first, then taken back from there, then where they belong. */
export function wrongPatient(order: Order, other: OrderPatient, at: Date): readonly [Order, Order, Order] {
  const wrong = { ...order, patient: other }
  return [wrong, { ...wrong, status: 'W', releasedAt: at.toISOString() }, { ...order, number: `${order.number}-2` }]
}

/**
 * Reads the orders somebody gives to a laboratory. Gives back what is wrong in words instead when one is no order.
 *
 * @example readOrders({ orders: [] }) // []
 */
export function readOrders(body: unknown): readonly Order[] | string {
  const orders = (body as { orders?: unknown } | null)?.orders
  if (!Array.isArray(orders)) return 'orders is a list'
  const at = orders.findIndex((order) => !isOrder(order))
  return at < 0
    ? (orders as readonly Order[])
    : `orders/${at} is no {laboratory, number, patient, takenAt, releasedAt, results, status}`
}

/** Reads a file of patients: `[{insz, familyName, givenName, birthDate, sex}]`. Gives back what is wrong in words instead. */
export function readPatients(list: unknown): readonly OrderPatient[] | string {
  if (!Array.isArray(list)) return 'patients are a list'
  const at = list.findIndex((one) => !isPatient(one))
  return at < 0
    ? (list as readonly OrderPatient[])
    : `patient ${at} is no {insz, familyName, givenName, birthDate, sex}`
}

function isPatient(value: unknown): boolean {
  const patient = value as Partial<Record<keyof OrderPatient, unknown>> | null
  const texts = [patient?.insz, patient?.familyName, patient?.givenName, patient?.birthDate]
  return texts.every((text) => typeof text === 'string') && (patient?.sex === 'male' || patient?.sex === 'female')
}

function isOrder(value: unknown): boolean {
  const order = value as Partial<Record<keyof Order, unknown>> | null
  const patient = order?.patient as Partial<Record<keyof OrderPatient, unknown>> | undefined
  const texts = [
    order?.number,
    order?.takenAt,
    order?.releasedAt,
    patient?.insz,
    patient?.familyName,
    patient?.birthDate,
  ]
  return (
    texts.every((text) => typeof text === 'string') &&
    laboratoryNames.some((name) => name === order?.laboratory) &&
    ['F', 'C', 'W'].includes(String(order?.status)) &&
    Array.isArray(order?.results) &&
    order.results.every(isResult)
  )
}

function isResult(value: unknown): boolean {
  const result = value as Partial<OrderResult> | null
  return analytes.some((name) => name === result?.analyte) && typeof result?.value === 'number'
}
