import type { Random } from '../../src/formats/eform/random.ts'
import { dialects } from './dialect.ts'
import type { Laboratory } from './laboratory.ts'
import { corrected, inventPatient, nextOrder, wrongPatient, type OrderPatient } from './order.ts'

/** How much the laboratories send on their own. */
export interface LaboratoryLoad {
  /** Orders a second of all laboratories together, at the busiest hour. */
  readonly perSecond: number
  /** Whether the rate follows the hours of each laboratory's day. */
  readonly rhythm: boolean
  /** How many patients they know at least. */
  readonly patients: number
}

export const noLoad: LaboratoryLoad = { perSecond: 0, rhythm: false, patients: 500 }

const limits: Readonly<Record<string, number>> = { perSecond: 10_000, patients: 100_000 }

/** Reads `PUT /control/load`; what is not named stays. Gives back what is wrong in words when it does not fit. */
export function readLaboratoryLoad(body: unknown, before: LaboratoryLoad): LaboratoryLoad | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'a load is an object'
  for (const [name, value] of Object.entries(body)) {
    const most = limits[name]
    const fits = name === 'rhythm' ? typeof value === 'boolean' : typeof value === 'number' && value >= 0
    if (!Object.hasOwn(noLoad, name)) return `a load has no ${name}`
    if (!fits || (most !== undefined && Number(value) > most)) return `${name} cannot be ${JSON.stringify(value)}`
  }
  return { ...before, ...(body as Partial<LaboratoryLoad>) }
}

export interface LaboratoryGenerator {
  /** Those who may be measured now. */
  patients(): readonly OrderPatient[]
  load(): LaboratoryLoad
  setLoad(load: LaboratoryLoad): void
  stop(): void
}

const tick = 50

/**
 * Lets every laboratory measure and send at the rate of the load and of its own hour, with the faults it has. The patients
 * are those that are `known`, and as many more as the load asks for.
 */
export function startLaboratoryGenerator(
  laboratories: readonly Laboratory[],
  random: Random,
  known: readonly OrderPatient[] = [],
): LaboratoryGenerator {
  const patients = [...known]
  let [load, last, number] = [noLoad, Date.now(), 0]
  // At a low rate one after the other, not all in one moment.
  const owed = new Map(laboratories.map((one, place) => [one, place / laboratories.length]))

  const makeOne = (laboratory: Laboratory, at: Date): void => {
    const patient = patients[Math.floor(random() * patients.length)]
    if (patient === undefined) return
    number += 1
    const order = nextOrder(laboratory.name, patient, `${laboratory.name}-${last}-${number}`, random, at)
    const { correctShare, wrongPatientShare } = laboratory.faults()
    const other = patients[Math.floor(random() * patients.length)] ?? patient
    const wrong = random() < wrongPatientShare && other.insz !== patient.insz
    for (const one of wrong ? wrongPatient(order, other, at) : [order]) laboratory.offer(one)
    if (!wrong && random() < correctShare) laboratory.offer(corrected(order, random, at))
  }
  const timer = setInterval(() => {
    const at = new Date()
    const passed = Math.min(at.getTime() - last, 1_000)
    last = at.getTime()
    while (patients.length < load.patients && load.perSecond > 0) patients.push(inventPatient(random, at))
    for (const laboratory of laboratories) {
      const share = load.rhythm ? (dialects[laboratory.name].rhythm[at.getHours()] ?? 0) : 1
      const quiet = laboratory.faults().silent
      let left =
        (owed.get(laboratory) ?? 0) + (quiet ? 0 : (load.perSecond * share * passed) / 1_000 / laboratories.length)
      for (; left >= 1; left--) makeOne(laboratory, at)
      owed.set(laboratory, left)
    }
  }, tick)
  return {
    patients: () => patients,
    load: () => load,
    setLoad: (next) => void (load = next),
    stop: () => clearInterval(timer),
  }
}
