/** What can be wrong with a neighbour; docs/neighbours.md tells what each one does on the wire. */
export interface Faults {
  readonly line: 'up' | 'down' | 'half-open'
  readonly delayMs: number
  readonly jitterMs: number
  readonly status: null | 500 | 503 | 429
  /** Share of the posts that get `status` (500 when that is null) and are not acted on. */
  readonly failShare: number
  /** Share of the posts that are acted on and whose connection is then cut without an answer. */
  readonly cutShare: number
  /** Share of the posts that are acted on and answered 504, as by a gateway that gave up waiting. */
  readonly gatewayShare: number
  readonly acknowledge: 'at-once' | 'missing' | 'late' | 'twice' | 'other-record' | 'wrong-hash'
  readonly lateMs: number
  readonly refuseShare: number
  readonly clockOffsetMs: number
}

export const noFaults: Faults = {
  line: 'up',
  delayMs: 0,
  jitterMs: 0,
  status: null,
  failShare: 0,
  cutShare: 0,
  gatewayShare: 0,
  acknowledge: 'at-once',
  lateMs: 1_000,
  refuseShare: 0,
  clockOffsetMs: 0,
}

const minute = 60_000
const allowed: { readonly [Name in keyof Faults]: (value: unknown) => boolean } = {
  line: oneOf('up', 'down', 'half-open'),
  delayMs: between(0, 60 * minute),
  jitterMs: between(0, 60 * minute),
  status: oneOf(null, 500, 503, 429),
  failShare: between(0, 1),
  cutShare: between(0, 1),
  gatewayShare: between(0, 1),
  acknowledge: oneOf('at-once', 'missing', 'late', 'twice', 'other-record', 'wrong-hash'),
  lateMs: between(0, 24 * 60 * minute),
  refuseShare: between(0, 1),
  clockOffsetMs: between(-366 * 24 * 60 * minute, 366 * 24 * 60 * minute),
}

export type FaultsReading =
  | { readonly state: 'read'; readonly faults: Faults }
  | { readonly state: 'wrong'; readonly why: string }

/**
 * Reads what `PUT /control/faults` was sent. What is not named goes back to normal; a name or value that does not exist
 * changes nothing, so that a drill with a typing error does not run without its fault.
 *
 * @example readFaults({ line: 'down' }) // { state: 'read', faults: { ...noFaults, line: 'down' } }
 */
export function readFaults(body: unknown): FaultsReading {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { state: 'wrong', why: 'not an object' }
  for (const [name, value] of Object.entries(body)) {
    if (!Object.hasOwn(allowed, name)) return { state: 'wrong', why: `there is no fault ${name}` }
    if (!allowed[name as keyof Faults](value))
      return { state: 'wrong', why: `${name} cannot be ${JSON.stringify(value)}` }
  }
  return { state: 'read', faults: { ...noFaults, ...(body as Partial<Faults>) } }
}

function oneOf(...values: readonly (string | number | null)[]): (value: unknown) => boolean {
  return (value) => values.some((one) => one === value)
}

function between(least: number, most: number): (value: unknown) => boolean {
  return (value) => typeof value === 'number' && value >= least && value <= most
}
