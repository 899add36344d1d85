import { brusselsDay } from '../../src/kernel/clock.ts'

const quarter = 15 * 60_000
const known = new Map<number, number>()

/**
 * The day a post counts for: that of the hub's own receipt of the record (`sluis-original-time`), so that both sides close
 * the books of the same day; without a readable one, that of the post. As a number, e.g. 20220701.
 */
export function postDay(originalTime: string | string[] | undefined, at: number): number {
  const moment = typeof originalTime === 'string' ? Date.parse(originalTime) : Number.NaN
  const time = Number.isNaN(moment) ? at : moment
  // A day never changes within a quarter of an hour of UTC, and asking the calendar costs more than the rest of a post.
  const step = Math.floor(time / quarter)
  let day = known.get(step)
  if (day === undefined) {
    day = dayNumber(brusselsDay(new Date(time)))
    if (known.size > 10_000) known.clear()
    known.set(step, day)
  }
  return day
}

/** `2022-07-01` -> 20220701. */
export function dayNumber(day: string): number {
  return Number(day.replaceAll('-', ''))
}
