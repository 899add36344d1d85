import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openAccess } from './access/access.ts'
import { registerSender, type Registration } from './access/clients.ts'
import { ensureDevelopmentClient } from './access/development-client.ts'
import { noteHubUrl } from './access/hub-note.ts'
import { ensureLocalAccounts } from './access/local-accounts.ts'
import { ensureProbeSender } from './access/probe-client.ts'
import type { Config } from './config.ts'
import { installShipped } from './checking/install.ts'
import { makeRuleSets } from './checking/rule-sets.ts'
import { loadDestinations, loadRoutes } from './delivery/config.ts'
import { formatFor, readTypes } from './formats/registry.ts'
import type { NodeHealth } from './http/health.ts'
import { makeHttp, type Http } from './http/http.ts'
import { openDatabase } from './hub/database.ts'
import { folderId } from './hub/folder-id.ts'
import { nodeFacts } from './hub/node-facts.ts'
import { listenFault } from './hub/listen-fault.ts'
import { introduceLaboratories, listenForLaboratories } from './hub/laboratories.ts'
import { nodeHealth } from './hub/node-health.ts'
import type { NodeParts, Stoppable } from './hub/parts.ts'
import { startTracing } from './hub/tracing.ts'
import { untilThere } from './hub/until-there.ts'
import { startWork } from './hub/work.ts'
import type { Mllp } from './intake/mllp/mllp.ts'
import { makeFindingWords } from './intake/finding-words.ts'
import { makeSwitches } from './intake/switches.ts'
import { countTurnedAway } from './intake/turned-away.ts'
import { systemClock } from './kernel/clock.ts'
import { SluisError } from './kernel/errors.ts'
import { makeLog } from './kernel/log.ts'
import { version } from './kernel/version.ts'
import { httpAddress } from './kernel/web-address.ts'
import { startAccepting } from './ledger/accept.ts'
import { makeBell } from './ledger/bell.ts'
import { openSpool } from './ledger/spool/spool.ts'
import { openVault } from './ledger/vault.ts'
import { makeRuleBars } from './rules/bars.ts'
import { connectLater } from './store/connect.ts'
import { ofDataFolder } from './store/embedded/lock.ts'
import { startHeartbeat, takeName, type HeartbeatDeps } from './watch/heartbeat.ts'
import { makeMetrics } from './watch/metrics.ts'

/** What the place a node runs in adds to its configuration: simulators in the embedded default, nothing in production. */
export interface Surroundings {
  /** Addresses and secrets of simulated destinations, by name. */
  readonly urls?: Readonly<Record<string, string>>
  readonly secrets?: Readonly<Record<string, string>>
  /** Senders to be known at the start; those already known stay as they are. */
  readonly senders?: readonly Registration[]
}

/**
 * How long a database may say nothing, and a node say nothing to it in a transaction, in milliseconds. A line that dies
 * without a word then costs seconds; statements that rightly take longer say so themselves.
 */
const silence = { queryTimeout: 10_000, idleTimeout: 15_000 } as const

/** A running node. */
export interface Hub {
  readonly url: string
  readonly port: number
  /** Where laboratories connect; null on a node that takes no messages. */
  readonly mllpPort: number | null
  readonly parts: NodeParts
  /** Resolves when the database is there and everything runs; the door is open before that. */
  readonly ready: Promise<void>
  /** Leaves in order: door, queues, work, database. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * Starts a node. The door opens first: messages are taken into the spool until the database answers. Then migrations,
 * then the work of the node's roles.
 *
 * @example const hub = await startHub(readConfig({ port: 8080 }, process.env), {}, console.log)
 */
export async function startHub(config: Config, around: Surroundings, say: (line: string) => void): Promise<Hub> {
  const tracing = startTracing(config.node, version, process.env)
  const accepts = connectLater({ ...silence, connections: 3, applicationName: `sluis ${config.node} intake` })
  let port = config.port
  let introduced = false
  const parts = await makeParts(config, around, accepts, { port: () => port, allKnown: () => introduced })
  const { db, access, accepting } = parts
  const turnedAway = countTurnedAway(db, config.node, parts.log, systemClock.now)
  const door = config.roles.includes('intake') ? doorOf(parts) : null
  const url = (): string => ownDoor(config, port)
  const health = (): NodeHealth => nodeHealth(parts, http.drain.draining())
  // Loaded only where people look: a node without screens needs no pages.
  const screens = config.roles.includes('web') ? await import('./hub/console.ts') : null
  const http: Http = makeHttp(
    {
      ...parts,
      door,
      turnedAway,
      node: config.node,
      largestMessage: config.largestMessage,
      publicUrls: config.publicUrls,
      trustedProxies: config.trustedProxies,
      health,
    },
    (server) => screens?.addConsole(server, parts, health, url),
  )
  const close = async (): Promise<void> => {
    await turnedAway.stop()
    await http.server.close()
    await access.close()
    await Promise.all([db.close(), accepts.close()])
    await tracing?.stop()
  }
  const listen = async (): Promise<Mllp | null> => {
    await http.server.listen({ host: config.host, port: config.port })
    port = (http.server.server.address() as AddressInfo).port
    return door === null ? null : listenForLaboratories(parts, door, turnedAway, say)
  }
  const mllp = await listen().catch(async (error: unknown) => {
    await accepting.stop()
    await close()
    throw listenFault(error, config.host)
  })

  const running: Stoppable[] = []
  let stopping = false
  const opening = openDatabase(config, say, () => stopping)
  const ready = opening.then(async (database) => {
    db.use(database.url)
    // Before the first message is stored: of two first nodes with different keys one is told so here.
    await untilThere(
      () => parts.vault.forPeriod('eforms', systemClock.now()),
      () => stopping,
    )
    accepts.use(database.url)
    await untilThere(
      () => introduce(parts, around, url(), say),
      () => stopping,
    )
    introduced = true
    if (stopping) return
    const heartbeat = heartbeatOf(parts, url(), http.drain.draining)
    await untilThere(
      () => takeName(heartbeat, () => stopping),
      () => stopping,
    )
    // Who took the name also says that it has stopped.
    running.push(startHeartbeat(heartbeat))
    if (!stopping) running.push(...startWork(parts, url()))
  })
  ready.catch(() => undefined)

  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    stopping = true
    await Promise.all([http.drain.begin(config.drainMs), mllp?.close()])
    await ready.catch(() => undefined)
    await accepting.stop()
    await Promise.all(running.map((one) => one.stop()))
    await close()
    await (await opening.catch(() => null))?.stop()
  }
  return { url: url(), port, mllpPort: mllp?.port ?? null, parts, ready, stop: () => (stopped ??= stop()) }
}

async function makeParts(
  config: Config,
  around: Surroundings,
  accepts: NodeParts['db'],
  { port, allKnown }: { readonly port: () => number; readonly allKnown: () => boolean },
): Promise<NodeParts> {
  // Before anything is held or runs: a file that cannot be read ends the start, and nothing has to be given back.
  const destinations = loadDestinations({
    environment: process.env,
    urls: around.urls ?? {},
    secrets: around.secrets ?? {},
  })
  const routes = loadRoutes(destinations)
  const log = makeLog(config.logLevel, { node: config.node })
  const db = connectLater({ ...silence, connections: 14, applicationName: `sluis ${config.node}` })
  const bell = makeBell()
  const vault = openVault(db, config.masterKey)
  const spool = await openSpool({
    folder: join(config.dataFolder, 'spool'),
    journalFolder: config.journalFolder,
    key: vault.keys.spool,
    limitBytes: config.spoolBytes,
    limitAgeMs: config.spoolAgeMs,
    log,
  }).catch((error: unknown) => {
    throw ofDataFolder(error, config.dataFolder)
  })
  const accepting = startAccepting({ db: accepts, vault, spool, bell, node: config.node, log, now: systemClock.now })
  const access = await openAccess({
    db,
    keys: vault.keys,
    dataFolder: config.dataFolder,
    clock: systemClock,
    log,
    tokenEndpoints: () => tokenEndpoints(config, port()),
    knownAway: () => accepting.custodian().state === 'spooling',
    allKnown,
  }).catch(async (error: unknown) => {
    await accepting.stop()
    throw error
  })
  const metrics = makeMetrics(config.node)
  return {
    config,
    log,
    bell,
    vault,
    access,
    metrics,
    spool,
    accepting,
    switches: makeSwitches(),
    findingWords: makeFindingWords(),
    destinations,
    routes,
    ruleSets: makeRuleSets(),
    ruleBars: makeRuleBars((barred) => log.warn('rule-barred', { ...barred })),
    db,
  }
}

const heartbeatOf = (parts: NodeParts, url: string, draining: () => boolean): HeartbeatDeps => ({
  db: parts.db,
  log: parts.log,
  name: parts.config.node,
  folder: folderId(parts.config.dataFolder, parts.log),
  url,
  roles: parts.config.roles,
  version,
  draining,
  facts: nodeFacts(parts),
})

const doorOf = ({ accepting, switches, findingWords }: NodeParts) => ({
  accepting,
  switches,
  findingWords,
  formatFor,
  acceptedTypes: readTypes(),
  now: systemClock.now,
})

/** Where this machine reaches the node; who listens everywhere is reached on IPv4 also where there is no IPv6. */
function ownDoor({ host }: Config, port: number): string {
  return httpAddress(['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host, port)
}

function tokenEndpoints(config: Config, port: number): string[] {
  const bases = [ownDoor(config, port), `http://127.0.0.1:${port}`, `http://localhost:${port}`, ...config.publicUrls]
  return bases.map((base) => `${base.replace(/\/$/, '')}/oauth/token`)
}

/** Makes known who sends, measures and looks, and which checks count. Done twice it is done once. */
async function introduce(
  parts: NodeParts,
  around: Surroundings,
  url: string,
  say: (line: string) => void,
): Promise<void> {
  const { db, config } = parts
  await introduceSenders(parts, around, url, say)
  await installShipped(parts)
  await introduceLaboratories(db, config)
  await introducePeople(parts, say)
  if (config.probeSeconds > 0) await ensureProbeSender(db, parts.vault.keys)
  await parts.access.refresh()
}

/** In the embedded default somebody must be able to look at once: an account for each role, told only here and in a file. */
async function introducePeople({ db, config }: NodeParts, say: (line: string) => void): Promise<void> {
  if (config.databaseUrl !== null || config.oidc !== null) return
  const { accounts, file } = await ensureLocalAccounts(db, config.dataFolder)
  const operator = accounts.find((account) => account.role === 'operator')
  if (operator?.password != null) say(`sign in as ${operator.login} with ${operator.password}; all accounts: ${file}`)
}

/** In the embedded default somebody must be able to send at once: a client whose key lies in the data folder. */
async function introduceSenders(
  { db, config, log }: NodeParts,
  around: Surroundings,
  url: string,
  say: (line: string) => void,
): Promise<void> {
  for (const sender of around.senders ?? []) {
    await registerSender(db, sender).catch((error: unknown) => {
      if (!(error instanceof SluisError && error.code === 'client-id-taken')) throw error
    })
  }
  if (config.databaseUrl !== null) return
  const { file, made } = await ensureDevelopmentClient(db, config.dataFolder)
  // Commands alone read it: a disk that refuses it, as a full one, is no reason not to start.
  await noteHubUrl(config.dataFolder, url).catch((error: NodeJS.ErrnoException) => {
    log.warn('hub-url-not-noted', { folder: config.dataFolder, reason: error.code ?? String(error) })
  })
  if (made) say(`made a development client; its key is in ${file}`)
}
