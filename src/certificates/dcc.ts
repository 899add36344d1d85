/**
 * The shape of an EU Digital COVID Certificate (eHealth Network, DCC schema 1.3.0), as Sluis writes it.
 * What is read from others stays `unknown` until the schema of its own version has judged it.
 */
export interface DccName {
  /** Family name as written; at most 80 characters. */
  readonly fn?: string
  /** Family name in A-Z and `<` (ICAO 9303). */
  readonly fnt: string
  readonly gn?: string
  readonly gnt?: string
}

export interface DccVaccination {
  readonly tg: string
  readonly vp: string
  readonly mp: string
  readonly ma: string
  /** Number of this dose; may exceed `sd` (booster after a single dose: 2/1). */
  readonly dn: number
  readonly sd: number
  /** `YYYY-MM-DD`. */
  readonly dt: string
  readonly co: string
  readonly is: string
  readonly ci: string
}

export interface DccTest {
  readonly tg: string
  readonly tt: string
  /** JRC device number; a rapid test carries no `nm`, which is the name of a NAAT. */
  readonly ma?: string
  readonly nm?: string
  /** Time of the sample, ISO 8601 with offset. */
  readonly sc: string
  readonly tr: string
  readonly tc?: string
  readonly co: string
  readonly is: string
  readonly ci: string
}

export interface DccRecovery {
  readonly tg: string
  readonly fr: string
  readonly co: string
  readonly is: string
  readonly df: string
  readonly du: string
  readonly ci: string
}

interface DccHead {
  readonly ver: string
  readonly nam: DccName
  /** `YYYY-MM-DD`, `YYYY-MM`, `YYYY` or empty. */
  readonly dob: string
}

/** Exactly one group with exactly one entry. */
export type DccPayload =
  | (DccHead & { readonly t: readonly [DccTest] })
  | (DccHead & { readonly v: readonly [DccVaccination] })
  | (DccHead & { readonly r: readonly [DccRecovery] })

export type DccGroup = 't' | 'v' | 'r'

/** The group of a certificate, also of one that only looks like a certificate; null when it has none or several. */
export function groupOf(payload: unknown): DccGroup | null {
  if (typeof payload !== 'object' || payload === null) return null
  const present = (['t', 'v', 'r'] as const).filter((group) => {
    const entries = (payload as Record<string, unknown>)[group]
    return Array.isArray(entries) && entries.length > 0
  })
  return present.length === 1 ? (present[0] ?? null) : null
}

/** The one entry of a payload that has one group. */
export function entryOf(payload: unknown): Readonly<Record<string, unknown>> | null {
  const group = groupOf(payload)
  if (group === null) return null
  const entry: unknown = (payload as Record<string, readonly unknown[]>)[group]?.[0]
  return typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : null
}

/** The certificate's identifier (UVCI). */
export function identifierOf(payload: DccPayload): string {
  const [entry] = 't' in payload ? payload.t : 'v' in payload ? payload.v : payload.r
  return entry.ci
}
