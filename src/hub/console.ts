import type { FastifyInstance } from 'fastify'
import { makeProviderSignIn } from '../access/oidc.ts'
import { makeSessions } from '../access/sessions.ts'
import { makeSignIn } from '../access/sign-in.ts'
import { openCare } from '../care/deps.ts'
import { consoleRoutes } from '../http/console/console.ts'
import type { SignInWay } from '../http/console/deps.ts'
import type { NodeHealth } from '../http/health.ts'
import { systemClock } from '../kernel/clock.ts'
import type { NodeParts } from './parts.ts'

/** Adds the screens to a node's server. `url` is how the node itself is reached, for a hub without a name of its own. */
export function addConsole(
  server: FastifyInstance,
  parts: NodeParts,
  health: () => NodeHealth,
  url: () => string,
): void {
  const { config, db, vault, spool, accepting, log, destinations, routes, ruleSets } = parts
  const secure = config.publicUrls.some((one) => one.startsWith('https:'))
  const clock = systemClock
  consoleRoutes(server, {
    db,
    vault,
    spool,
    knownAway: () => accepting.custodian().state === 'spooling',
    node: config.node,
    log,
    sessions: makeSessions({ db, clock, keys: vault.keys, secure }),
    way: wayOf(parts, url),
    destinations,
    routes,
    ruleSets,
    care: openCare(vault),
    health,
    publicUrls: config.publicUrls,
    secure,
    now: clock.now,
  })
}

/** At the provider when one is configured, else with the hub's own accounts. */
function wayOf({ config, db, vault }: NodeParts, url: () => string): SignInWay {
  const { oidc } = config
  const clock = systemClock
  if (oidc === null) return { state: 'local', signIn: makeSignIn({ db, clock }), embedded: config.databaseUrl === null }
  const base = (config.publicUrls[0] ?? url()).replace(/\/$/, '')
  return {
    state: 'provider',
    name: new URL(oidc.issuer).host,
    provider: makeProviderSignIn({
      db,
      clock,
      keys: vault.keys,
      provider: { ...oidc, redirectUri: `${base}/sign-in/openid/back` },
    }),
  }
}
