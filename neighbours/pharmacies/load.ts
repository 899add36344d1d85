/** The kinds of form a pharmacy sends, as the books of the hub name them. */
export const formKinds = ['rapid-test', 'vaccination', 'booster-1', 'booster-2'] as const

export type FormKind = (typeof formKinds)[number]

/** How much the pharmacies send, and of what. */
export interface Load {
  /** Forms a second of all pharmacies together, at the busiest time of the day. */
  readonly perSecond: number
  readonly kinds: Readonly<Record<FormKind, number>>
  /** Shares of the forms: with faults; sent once more; same id with other bytes; correcting an earlier one. */
  readonly faultyShare: number
  readonly repeatShare: number
  readonly conflictShare: number
  readonly correctShare: number
  /** Share of the rapid tests whose patient is about to travel and waits for the certificate. */
  readonly travellerShare: number
  /** Whether the rate follows the opening hours of a pharmacy. */
  readonly openingHours: boolean
  /** Time of day (minutes after midnight) that the story stands at when this load is set. */
  readonly startMinute: number
  /** How many minutes of the story pass in one real minute. */
  readonly timeLapse: number
}

export const usualLoad: Load = {
  perSecond: 1,
  kinds: { 'rapid-test': 6, vaccination: 2, 'booster-1': 1.5, 'booster-2': 0.5 },
  faultyShare: 0.02,
  repeatShare: 0.02,
  conflictShare: 0,
  correctShare: 0.01,
  travellerShare: 0.05,
  openingHours: false,
  startMinute: 8 * 60,
  timeLapse: 1,
}

export type LoadReading =
  | { readonly state: 'read'; readonly load: Load }
  | { readonly state: 'wrong'; readonly why: string }

const most: Partial<Record<string, number>> = { perSecond: 100_000, startMinute: 1_439, timeLapse: 100_000 }

/**
 * Reads what `PUT /control/load` was sent; what is not named stays as it was.
 *
 * @example readLoad({ perSecond: 0 }, usualLoad) // { state: 'read', load: { ...usualLoad, perSecond: 0 } }
 */
export function readLoad(body: unknown, before: Load): LoadReading {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { state: 'wrong', why: 'not an object' }
  for (const [name, value] of Object.entries(body)) {
    if (!Object.hasOwn(usualLoad, name)) return { state: 'wrong', why: `a load has no ${name}` }
    if (!fits(name, value)) return { state: 'wrong', why: `${name} cannot be ${JSON.stringify(value)}` }
  }
  const given = body as Partial<Load>
  // Kinds that are not named are not sent, else a drill could not send one kind only.
  const kinds = given.kinds ? { ...noKinds, ...given.kinds } : before.kinds
  return { state: 'read', load: { ...before, ...given, kinds } }
}

const noKinds = { 'rapid-test': 0, vaccination: 0, 'booster-1': 0, 'booster-2': 0 }

function fits(name: string, value: unknown): boolean {
  if (name === 'openingHours') return typeof value === 'boolean'
  if (name !== 'kinds') return typeof value === 'number' && value >= 0 && value <= (most[name] ?? 1)
  if (typeof value !== 'object' || value === null) return false
  const weights = Object.entries(value)
  return weights.every(([kind, weight]) => Object.hasOwn(noKinds, kind) && typeof weight === 'number' && weight >= 0)
}

/** Forms a second, some time after the load was set. */
export function rateAt(load: Load, elapsedMs: number): number {
  if (!load.openingHours) return load.perSecond
  const minute = (load.startMinute + (elapsedMs / 60_000) * load.timeLapse) % 1_440
  return load.perSecond * busyness(minute)
}

// Time of day in hours -> share of the busiest moment: closed at night, a dip over lunch, the rush after work.
const curve: readonly (readonly [number, number])[] = [
  [0, 0],
  [8.5, 0],
  [9, 0.55],
  [11, 0.9],
  [12.25, 0.6],
  [13, 0.25],
  [14, 0.6],
  [17, 1],
  [18.25, 0.8],
  [18.75, 0],
  [24, 0],
]

/** How busy a pharmacy is at a minute of the day, from 0 (closed) to 1. */
export function busyness(minute: number): number {
  const hour = minute / 60
  const next = curve.findIndex(([from]) => from > hour)
  const [before, after] = [curve[next - 1] ?? [0, 0], curve[next] ?? [24, 0]]
  const along = (hour - before[0]) / (after[0] - before[0])
  return before[1] + (after[1] - before[1]) * along
}
