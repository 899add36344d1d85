import type { Language } from '../kernel/language.ts'

/** The zone the organisation lives in; exports use UTC. */
export const zone = 'Europe/Brussels'

const locales: Readonly<Record<Language, string>> = { nl: 'nl-BE', fr: 'fr-BE', de: 'de-BE', en: 'en-GB' }

/** Numbers, times and durations as a reader of one language writes them. */
export interface Formats {
  number(value: number): string
  /** Per second, or per minute when that is easier to imagine: `12/s`, `3/min`. */
  rate(perSecond: number): string
  percent(share: number): string
  bytes(count: number): string
  /** At most two units: `3 hrs, 42 mins`. */
  duration(seconds: number): string
  /** Hour, and the day when it is not today: `15:05 CEST`, `1 July, 09:12 CEST`. */
  time(iso: string, now: string): string
  /** Hour with seconds and zone: `15:05:09 CEST`. */
  clock(iso: string): string
  /** Hour with seconds, for columns whose heading names the zone. */
  seconds(iso: string): string
  /** Day and hour, always both. */
  moment(iso: string): string
  day(iso: string): string
  /** `3 min ago`. */
  ago(iso: string, now: string): string
  list(parts: readonly string[]): string
  /** What stands between a word and what it says, with its spaces. */
  readonly colon: string
  /** Short name of the zone at that time: `CEST`. */
  zoneName(iso: string): string
}

const cache = new Map<Language, Formats>()

/** The formats of a language, made once. */
export function formats(language: Language): Formats {
  const known = cache.get(language) ?? make(language)
  cache.set(language, known)
  return known
}

/** The day in Brussels as `YYYY-MM-DD`: the day the books are kept by. */
export function brusselsDay(iso: string): string {
  return dayKey.format(new Date(iso))
}

const dayKey = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' })

function make(language: Language): Formats {
  const locale = locales[language]
  const date = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options })
    return (iso: string) => format.format(new Date(iso))
  }
  const hour = date({ hour: '2-digit', minute: '2-digit', timeZoneName: 'short' })
  const dayHour = date({ day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' })
  const moment = date({
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const short = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'].map(
    (unit) =>
      new Intl.NumberFormat(locale, {
        style: 'unit',
        unit,
        unitDisplay: unit === 'byte' ? 'long' : 'short',
        maximumFractionDigits: 1,
      }),
  )
  const spans = new Intl.DurationFormat(locale, { style: 'short' })
  const relative = new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'always' })
  const list = new Intl.ListFormat(locale, { type: 'conjunction' })
  const zoneParts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' })
  const amount = (value: number) => (value < 10 ? short : whole).format(value)

  return {
    number: (value) => whole.format(value),
    rate: (value) => (value > 0 && value < 0.5 ? `${amount(value * 60)}/min` : `${amount(value)}/s`),
    // What is there is never told as nothing.
    percent: (share) => (share > 0 && share < 0.0005 ? `< ${percent.format(0.001)}` : percent.format(share)),
    bytes: (count) => {
      const step = Math.min(sizes.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)))
      return sizes[step]?.format(count / 1000 ** step) ?? ''
    },
    duration: (seconds) => spans.format(twoUnits(seconds)),
    time: (iso, now) => {
      if (brusselsDay(iso) === brusselsDay(now)) return hour(iso)
      return brusselsDay(iso).slice(0, 4) === brusselsDay(now).slice(0, 4) ? dayHour(iso) : moment(iso)
    },
    clock: date({ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' }),
    seconds: date({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    moment,
    day: date({ day: 'numeric', month: 'long', year: 'numeric' }),
    ago: (iso, now) => {
      const [value, unit] = largestUnit((Date.parse(now) - Date.parse(iso)) / 1000)
      return relative.format(-value, unit)
    },
    colon: language === 'fr' ? '\u00A0: ' : ': ',
    list: (parts) => list.format(parts),
    zoneName: (iso) => zoneParts.formatToParts(new Date(iso)).find((part) => part.type === 'timeZoneName')?.value ?? '',
  }
}

/** Rounds to the second and keeps the two largest units that are not zero; under a second counts as one. */
function twoUnits(seconds: number): Partial<Record<'days' | 'hours' | 'minutes' | 'seconds', number>> {
  const total = Math.max(1, Math.round(Math.abs(seconds)))
  const days = Math.floor(total / 86_400)
  const hours = Math.floor((total % 86_400) / 3600)
  const minutes = Math.floor((total % 3600) / 60)
  if (days > 0) return { days, ...(hours > 0 && { hours }) }
  if (hours > 0) return { hours, ...(minutes > 0 && { minutes }) }
  return minutes > 0 && total >= 120
    ? { minutes }
    : { ...(minutes > 0 && { minutes }), ...(total % 60 > 0 && { seconds: total % 60 }) }
}

function largestUnit(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const size = Math.abs(seconds)
  if (size < 60) return [Math.round(seconds), 'second']
  if (size < 3600) return [Math.floor(seconds / 60), 'minute']
  if (size < 86_400) return [Math.floor(seconds / 3600), 'hour']
  return [Math.floor(seconds / 86_400), 'day']
}
