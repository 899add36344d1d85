import { isDay } from '../../formats/eform/days.ts'
import { moment } from './moments.ts'
import { WrongUse } from './outcome.ts'

/**
 * A day of the calendar from the command line. Throws `WrongUse`, also for the 31st of June: the engine would take the day
 * after it, and something would be done to other days than were meant.
 *
 * @example readDay('2022-07-01') // '2022-07-01'
 */
export function readDay(given: string): string {
  if (!isDay(given)) throw new WrongUse(`${given} is not a day such as 2022-07-01`)
  return given
}

const dayText = /^\d{4}-\d{2}-\d{2}$/

/**
 * A moment from the command line: an ISO 8601 time with zone, or a day, which begins at midnight in Europe/Brussels; with
 * `after` the end of that day. Throws `WrongUse`.
 *
 * @example readMoment('from', '2022-07-01').toISOString() // '2022-06-30T22:00:00.000Z'
 */
export function readMoment(name: string, given: string, after = false): Date {
  if (dayText.test(given)) {
    const day = readDay(given)
    return midnight(after ? new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10) : day)
  }
  const at = new Date(given)
  if (!/(Z|[+-]\d{2}:?\d{2})$/.test(given) || !isDay(given.slice(0, 10)) || Number.isNaN(at.getTime())) {
    throw new WrongUse(`--${name} takes a day such as 2022-07-01 or a time with zone such as 2022-07-01T09:00+02:00`)
  }
  return at
}

function midnight(day: string): Date {
  const at = ['+02:00', '+01:00'].map((zone) => new Date(`${day}T00:00:00${zone}`))
  const found = at.find((one) => !Number.isNaN(one.getTime()) && moment(one).startsWith(`${day} 00:00:00`))
  if (found === undefined) throw new WrongUse(`${day} is not a day such as 2022-07-01`)
  return found
}
