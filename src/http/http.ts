import type { FastifyInstance } from 'fastify'
import type { Access } from '../access/access.ts'
import type { RuleSets } from '../checking/rule-sets.ts'
import { readTypes } from '../formats/registry.ts'
import type { DoorDeps } from '../intake/receive.ts'
import type { TurnedAway } from '../intake/turned-away.ts'
import { systemClock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { makeTablesFor } from '../ledger/tables.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Database } from '../store/connect.ts'
import type { Metrics } from '../watch/metrics.ts'
import { makeDrain, type Drain } from './drain.ts'
import { acknowledgementRoutes, type AcknowledgementRoutes } from './acknowledgements.ts'
import { contractRoutes } from './contract.ts'
import { cdsRoutes } from './fhir/cds.ts'
import { fhirRoutes } from './fhir/fhir.ts'
import { formRoutes } from './forms.ts'
import { healthRoutes, type NodeHealth } from './health.ts'
import { messageRoutes, type MessageRoutes } from './messages.ts'
import { offeredTo, serviceOffered } from './offered.ts'
import { makeBodyRoom, roomFor } from './body-room.ts'
import { knownSenderOf } from './sender-of.ts'
import { makeServer } from './server.ts'
import { statusFeedRoutes } from './status-feed.ts'
import { goStraight } from './straight.ts'
import { tokenRoutes } from './token.ts'

export interface HttpDeps {
  readonly access: Access
  /** Null on a node without the intake role. */
  readonly door: DoorDeps | null
  readonly db: Database
  readonly vault: Vault
  /** What the rules say whose effect readers meet. */
  readonly ruleSets: Pick<RuleSets, 'pack'>
  readonly turnedAway: TurnedAway
  /** What this node holds for the database, so that a receipt can be traced while it is away. */
  readonly spool: MessageRoutes['spool']
  readonly accepting: MessageRoutes['accepting']
  readonly metrics: Metrics
  readonly log: Log
  readonly largestMessage: number
  /** How the hub is reached from outside. */
  readonly publicUrls: readonly string[]
  /** Balancers that are believed when they say who reached them. */
  readonly trustedProxies: readonly string[]
  readonly health: () => NodeHealth
  /** Who may acknowledge, with the secrets they sign with; and the name of this node, for the entries. */
  readonly destinations: AcknowledgementRoutes['destinations']
  readonly node: string
}

export interface Http {
  readonly server: FastifyInstance
  readonly drain: Drain
}

/** The node's HTTP side: machine routes first, then whatever `more` adds (screens). Not listening yet. */
export function makeHttp(deps: HttpDeps, more: (server: FastifyInstance) => void): Http {
  const turnAway = (code: string, senderId: number, service: string): void => {
    deps.turnedAway.count(code, senderId, service)
    deps.metrics.turnedAway.inc({ code })
  }
  const server = makeServer({
    acceptedTypes: readTypes(),
    log: deps.log,
    trustedProxies: deps.trustedProxies,
    onTurnedAway(request, code) {
      const service = offeredTo(request)
      if (service !== null) turnAway(code, knownSenderOf(request)?.id ?? 0, service)
    },
  })
  const drain = makeDrain(server)
  server.addHook('onResponse', (request, reply, done) => {
    if (offeredTo(request) !== null) deps.metrics.answered(reply.statusCode, reply.elapsedTime)
    done()
  })
  const room = makeBodyRoom(roomFor(deps.largestMessage))
  messageRoutes(server, { ...deps, room })
  const fhir = { ...deps, room, tablesFor: makeTablesFor(), now: systemClock.now }
  fhirRoutes(server, fhir)
  cdsRoutes(server, fhir)
  tokenRoutes(server, deps.access)
  statusFeedRoutes(server, deps)
  acknowledgementRoutes(server, deps)
  formRoutes(server)
  contractRoutes(server)
  healthRoutes(server, { health: deps.health, metrics: deps.metrics })
  if (deps.door !== null) {
    goStraight(server, {
      ...deps,
      door: deps.door,
      room,
      drain,
      onAnswered: deps.metrics.answered,
      onTurnedAway: (code, senderId, contentType) => turnAway(code, senderId, serviceOffered(contentType)),
    })
  }
  more(server)
  return { server, drain }
}
