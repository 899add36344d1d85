/** What a wall clock's reading says when only the zone is known. */
export interface WallTime {
  /** Milliseconds since 1970. */
  readonly utc: number
  readonly offsetMinutes: number
  /** `twice`: the hour the clock shows twice in autumn. `never`: the hour it leaps over in spring. */
  readonly clock: 'once' | 'twice' | 'never'
}

const dayMs = 86_400_000

/**
 * The moment a clock on the wall of a zone shows something. In the hour that is shown twice it is the later one that is not
 * after `notAfter` (nothing is written down before it happens); a reading in the hour left out is taken with the offset
 * before the leap.
 *
 * @param wall the reading, as if it were UTC, in milliseconds since 1970
 * @param zone name of the IANA database, such as `Europe/Brussels`
 * @example wallTime(Date.UTC(2026, 9, 25, 2, 30), 'Europe/Brussels', receivedAt).clock // 'twice'
 */
export function wallTime(wall: number, zone: string, notAfter: number): WallTime {
  const day = Math.floor(wall / dayMs)
  const before = offsetOnDay(zone, day - 1)
  const after = offsetOnDay(zone, day + 2)
  if (before === after) return { utc: wall - before * 60_000, offsetMinutes: before, clock: 'once' }
  const fitting = [before, after].filter((offset) => offsetAt(zone, wall - offset * 60_000) === offset)
  const moment = (offset: number, clock: WallTime['clock']): WallTime => ({
    utc: wall - offset * 60_000,
    offsetMinutes: offset,
    clock,
  })
  if (fitting.length === 0) return moment(before, 'never')
  if (fitting.length === 1) return moment(fitting[0]!, 'once')
  return moment(wall - after * 60_000 <= notAfter ? after : before, 'twice')
}

/** `+02:00` for 120. */
export function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  const digits = (value: number): string => String(value).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}:${digits(size % 60)}`
}

const offsets = new Map<string, number>()

/** Offset at the start of a day, remembered: laboratories write of few days. */
function offsetOnDay(zone: string, day: number): number {
  const key = `${zone} ${day}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  if (offsets.size > 5_000) offsets.clear()
  const offset = offsetAt(zone, day * dayMs)
  offsets.set(key, offset)
  return offset
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The offset of a zone at a moment, in minutes. */
export function offsetAt(zone: string, utc: number): number {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' })
    formats.set(zone, format)
  }
  const name = format.formatToParts(utc).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  const found = /^GMT([+-])(\d\d):(\d\d)/.exec(name)
  if (found === null) return 0
  const minutes = Number(found[2]) * 60 + Number(found[3])
  return found[1] === '-' ? -minutes : minutes
}
