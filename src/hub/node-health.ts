import type { NodeHealth } from '../http/health.ts'
import { version } from '../kernel/version.ts'
import type { NodeParts } from './parts.ts'

/** What this node says of itself on `/readyz`: not ready while it leaves, or when its spool can take no more. */
export function nodeHealth({ config, accepting, spool }: NodeParts, draining: boolean): NodeHealth {
  const { frames, bytes, oldest, full, setAside: aside, setAsideSince } = spool.state()
  const custodian = accepting.custodian().state
  return {
    ready: !draining && !full,
    node: config.node,
    version,
    roles: config.roles,
    database: custodian === 'spooling' ? 'away' : 'there',
    custodian,
    spool: {
      frames,
      bytes,
      oldest: oldest?.toISOString() ?? null,
      full,
      aside,
      asideSince: setAsideSince?.toISOString() ?? null,
    },
    draining,
  }
}
