/**
 * Where the time comes from. Pure rooms take a `Date`; working rooms take a `Clock`, so that a test or a drill can set it.
 */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

const dayInBrussels = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Brussels',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/**
 * The day of the books: the calendar day of a moment in Europe/Brussels.
 *
 * @example brusselsDay(new Date('2022-07-01T22:30:00Z')) // '2022-07-02'
 */
export function brusselsDay(moment: Date): string {
  return dayInBrussels.format(moment)
}
