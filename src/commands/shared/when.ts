import { moment } from './moments.ts'
import { WrongUse } from './outcome.ts'

const dayText = /^\d{4}-\d{2}-\d{2}$/

/**
 * A moment from the command line: an ISO 8601 time with zone, or a day, which begins at midnight in Europe/Brussels; with
 * `after` the end of that day. Throws `WrongUse`.
 *
 * @example readMoment('from', '2022-07-01').toISOString() // '2022-06-30T22:00:00.000Z'
 */
export function readMoment(name: string, given: string, after = false): Date {
  if (dayText.test(given)) {
    const day = after ? new Date(Date.parse(given) + 86_400_000).toISOString().slice(0, 10) : given
    return midnight(day)
  }
  const at = new Date(given)
  if (!/(Z|[+-]\d{2}:?\d{2})$/.test(given) || Number.isNaN(at.getTime())) {
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
