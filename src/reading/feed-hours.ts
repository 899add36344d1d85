import type { HourCount } from '../store/feed-hours.ts'
import type { IndexedResult } from './results.ts'

const hourLength = 3_600_000
/**
 * What was released longer ago is history that is handed over, or an old result that is corrected. It says nothing of how
 * fast a source sends, and a few of them would make it late by months; a source that is late by so much was silent first.
 */
const historyAfter = 3 * 24 * hourLength

/** What a batch of results adds to the hours of their sources: the hour each arrived in, and the hour it was released in. */
export function countHours(results: readonly IndexedResult[]): HourCount[] {
  const hours = new Map<string, Counting>()
  for (const one of results) {
    const { source, senderId, receivedAt, resultAt } = one.result
    const arrived = hourIn(hours, source, senderId, receivedAt)
    count(arrived, one)
    // Without a release time, or with one that lies ahead, a result counts for the hour it came in.
    const told = resultAt ?? receivedAt
    const made = told > receivedAt ? receivedAt : told
    hourIn(hours, source, senderId, made).released += 1
  }
  return [...hours.values()]
}

type Counting = { -readonly [Key in keyof HourCount]: HourCount[Key] } & { analytes: Record<string, number> }

function hourIn(hours: Map<string, Counting>, source: string, senderId: number, moment: Date): Counting {
  const hour = Math.floor(moment.getTime() / hourLength) * hourLength
  const key = `${hour} ${source}`
  const known = hours.get(key)
  if (known !== undefined) return known
  const made: Counting = {
    source,
    senderId,
    hour: new Date(hour),
    results: 0,
    released: 0,
    quantities: 0,
    withoutUnit: 0,
    abnormal: 0,
    timed: 0,
    delaySeconds: 0,
    analytes: {},
    lastAt: null,
  }
  hours.set(key, made)
  return made
}

function count(hour: Counting, { result, observation }: IndexedResult): void {
  const { receivedAt, resultAt, analyte } = result
  hour.results += 1
  if (hour.lastAt === null || hour.lastAt < receivedAt) hour.lastAt = receivedAt
  if (observation.value.state === 'quantity') {
    hour.quantities += 1
    if (observation.value.unit === null) hour.withoutUnit += 1
  }
  if (observation.interpretation.some((flag) => flag !== 'N' && flag !== '')) hour.abnormal += 1
  const delay = resultAt === null ? -1 : receivedAt.getTime() - resultAt.getTime()
  if (delay >= 0 && delay < historyAfter) {
    hour.timed += 1
    hour.delaySeconds += Math.round(delay / 1_000)
  }
  if (analyte !== null) hour.analytes[analyte] = (hour.analytes[analyte] ?? 0) + 1
}
