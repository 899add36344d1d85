import { destinationSettings, loadDestinations } from '../delivery/config.ts'

/** What the hub, its commands and the simulators read of the environment, beside the settings of destinations. */
export const settings = [
  'SLUIS_DATA',
  'SLUIS_DRAIN_MS',
  'SLUIS_FAIL_AT',
  'SLUIS_HOST',
  'SLUIS_JOURNAL',
  'SLUIS_LARGEST_MESSAGE',
  'SLUIS_LOG',
  'SLUIS_MASTER_KEY',
  'SLUIS_MLLP_CLIENT_CA',
  'SLUIS_MLLP_LOOPBACK',
  'SLUIS_MLLP_PORT',
  'SLUIS_MLLP_TLS_CERT',
  'SLUIS_MLLP_TLS_KEY',
  'SLUIS_NEIGHBOUR_SECRET',
  'SLUIS_NODE',
  'SLUIS_OIDC_CLIENT_ID',
  'SLUIS_OIDC_CLIENT_SECRET',
  'SLUIS_OIDC_ISSUER',
  'SLUIS_OIDC_ROLE_CLAIM',
  'SLUIS_OIDC_ROLE_VALUES',
  'SLUIS_PROBE_SECONDS',
  'SLUIS_PUBLIC_URL',
  'SLUIS_ROLES',
  'SLUIS_SPOOL_BYTES',
  'SLUIS_SPOOL_HOURS',
  'SLUIS_TOKEN',
  'SLUIS_TRUST_PROXY',
  'SLUIS_URL',
]

/** A variable of ours by its name that nothing reads, and the name that comes nearest to it. */
export interface UnreadSetting {
  readonly name: string
  readonly nearest: string
  /** It would say where a destination is, or what is shared with it. */
  readonly ofDestination: boolean
}

/**
 * Variables of the environment that somebody meant for the hub and nothing reads, as one with a slip of the pen in it.
 *
 * @example unreadSettings({ SLUIS_DEST_SCIENSANOO_URL: '' })[0]?.nearest // 'SLUIS_DEST_SCIENSANO_URL'
 */
export function unreadSettings(env: Readonly<Record<string, string | undefined>>): UnreadSetting[] {
  const others = Object.keys(env).filter((name) => name.startsWith('SLUIS_') && !settings.includes(name))
  // Nearly every start: no file of destinations is read for it.
  if (others.length === 0) return []
  const known = [...settings, ...loadDestinations({ environment: {} }).flatMap(({ name }) => destinationSettings(name))]
  return others
    .filter((name) => !known.includes(name))
    .sort()
    .map((name) => ({ name, nearest: nearestOf(name, known), ofDestination: name.startsWith('SLUIS_DEST_') }))
}

function nearestOf(name: string, known: readonly string[]): string {
  const steps = new Map(known.map((one) => [one, stepsBetween(name, one)]))
  return [...known].sort((a, b) => steps.get(a)! - steps.get(b)!)[0]!
}

/** How many letters are to be put in, left out or changed to make one name of the other (Levenshtein). */
function stepsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, place) => place)
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1]
    for (const [j, other] of Array.from(b).entries())
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === other ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
