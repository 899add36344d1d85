import type { Random } from '../../src/formats/eform/random.ts'
import type { LaboratoryName } from './dialect.ts'
import { nextOrder, type Order, type OrderPatient } from './order.ts'

export interface HistoryWish {
  /** Orders of each patient, evenly over the months until now. */
  readonly orders: number
  readonly months: number
}

/**
 * Reads `PUT /control/history`. Gives back what is wrong in words when it does not fit.
 *
 * @example readHistory({ orders: 4, months: 18 }) // { orders: 4, months: 18 }
 */
export function readHistory(body: unknown): HistoryWish | string {
  const { orders, months } = (body ?? {}) as Partial<Record<keyof HistoryWish, unknown>>
  const fits = (value: unknown, most: number): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most
  if (!fits(orders, 100)) return 'orders is a whole number from 1 to 100'
  if (!fits(months, 120)) return 'months is a whole number from 1 to 120'
  return { orders, months }
}

const monthMs = 30.4 * 86_400_000

/** What laboratories measured of patients before today, each patient always at the same one, oldest first. */
export function historyOf(
  patients: readonly OrderPatient[],
  laboratories: readonly LaboratoryName[],
  { orders, months }: HistoryWish,
  random: Random,
  now: Date,
): Order[] {
  const run = now.getTime().toString(36)
  const made = patients.flatMap((patient, index) => {
    const laboratory = laboratories[index % laboratories.length]
    if (laboratory === undefined) return []
    return Array.from({ length: orders }, (_, place) => {
      const at = new Date(now.getTime() - ((orders - place) * months * monthMs) / orders)
      return nextOrder(laboratory, patient, `${laboratory}-${run}-h${index}-${place}`, random, at)
    })
  })
  return made.toSorted((a, b) => a.takenAt.localeCompare(b.takenAt))
}
