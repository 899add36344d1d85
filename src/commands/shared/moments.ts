import { formats, zone } from '../../web/format.ts'

const words = formats('en')
const sortable = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })

/** Day, hour, second and zone: `2022-07-01 09:12:03 CEST`. */
export function moment(at: Date | string): string {
  const iso = new Date(at).toISOString()
  return `${sortable.format(new Date(iso))} ${words.zoneName(iso)}`
}

/** The same with how long ago that is: `2022-07-01 09:12:03 CEST (3 min ago)`. */
export function momentAgo(at: Date | string, now: Date): string {
  return `${moment(at)} (${words.ago(new Date(at).toISOString(), now.toISOString())})`
}

/** A stretch of time in at most two units: `3 hrs, 42 mins`. */
export const stretch = (seconds: number): string => words.duration(seconds)

export const rate = (perSecond: number): string => words.rate(perSecond)

export const bytes = (count: number): string => words.bytes(count)
