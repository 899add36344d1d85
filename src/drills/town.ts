import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeClient, registerSender, type Client } from '../access/clients.ts'
import { startNeighbours, type Neighbours, type RunningNeighbour } from '../commands/neighbours.ts'
import { simulatedPharmacies } from '../hub/simulated.ts'
import { openVault, type Vault } from '../ledger/vault.ts'
import { connect, type Database } from '../store/connect.ts'
import { startEmbedded, type EmbeddedDatabase } from '../store/embedded/start.ts'
import { migrate } from '../store/migrate.ts'
import { startBalancer, type Balancer } from './balancer.ts'
import { freePort, makeHubNode, type HubNode } from './hub-node.ts'
import { buildOrUndo, type Undo } from './undo.ts'

export const destinationNames = ['sciensano', 'digitaal-vlaanderen', 'vaccinnet'] as const
export type DestinationName = (typeof destinationNames)[number]

/** Everything a drill runs in: a database, two nodes behind a balancer, three destinations, and pharmacies. */
export interface Town {
  readonly db: Database
  readonly vault: Vault
  readonly a: HubNode
  readonly b: HubNode
  /** Where senders reach the hub. */
  readonly url: string
  /** Given when the drill is to stop. */
  readonly signal: AbortSignal
  /** A sender of the drill itself. */
  readonly helpdesk: Client
  neighbour(name: DestinationName | 'pharmacies'): RunningNeighbour
  /** Ends PostgreSQL in an orderly way, and starts it again. */
  stopDatabase(): Promise<void>
  startDatabase(): Promise<void>
  /** Ends everything that was started, whatever has ended already. */
  stop(): Promise<void>
  /** Ends the nodes at once, for the exit of this process. */
  abandon(): void
}

export interface TownOptions {
  readonly folder: string
  readonly pharmacies: number
  readonly seed: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** Builds the town; the nodes are described and not started. What was started is stopped when building fails. */
export async function buildTown(options: TownOptions): Promise<Town> {
  return buildOrUndo(options.say, (undo, stop) => build(options, undo, stop))
}

async function build(options: TownOptions, undo: Undo, stop: Town['stop']): Promise<Town> {
  const { folder, seed, say } = options
  const neighboursFolder = join(folder, 'neighbours')
  mkdirSync(neighboursFolder, { recursive: true, mode: 0o700 })
  const { file, senders } = await simulatedPharmacies(neighboursFolder, options.pharmacies)

  const starting = startNeighbours({ hubs: [], data: neighboursFolder, clients: file, seed, say })
  // It may fail before it is waited for; then that is where it is told.
  starting.catch(() => undefined)
  undo.push(async () => (await starting).stop())
  const open = (): Promise<EmbeddedDatabase> => startEmbedded({ dataFolder: folder, say, endsWithUs: true })
  let database = await open()
  undo.push(() => database.stop())
  const masterKey = randomBytes(32)
  await migrate(database.url)
  const db = connect({ url: database.url, connections: 4, applicationName: 'sluis drill' })
  undo.push(() => db.close())
  const helpdesk = await makeClient('helpdesk')
  for (const sender of senders) await registerSender(db, sender)
  const { clientId, publicJwk } = helpdesk
  await registerSender(db, { clientId, name: 'Helpdesk of the drill', kind: 'development', publicJwks: [publicJwk] })

  const neighbours = await starting
  const ports = [await freePort(), await freePort()] as const
  const balancer = await startBalancer(ports)
  undo.push(() => balancer.close())
  const environment = environmentOf(database.url, masterKey, balancer, neighbours)
  const [a, b] = (['a', 'b'] as const).map((name, i) =>
    makeHubNode({ name, port: ports[i]!, folder: join(folder, `node-${name}`), environment }),
  ) as [HubNode, HubNode]
  undo.push(async () => Promise.all([a.stop(), b.stop()]))
  return {
    db,
    signal: options.signal,
    vault: openVault(db, masterKey),
    a,
    b,
    url: balancer.url,
    helpdesk,
    neighbour: (name) => neighbours.ports[name]!,
    stopDatabase: () => database.stop(),
    startDatabase: async () => void (database = await open()),
    stop,
    abandon() {
      a.abandon()
      b.abandon()
    },
  }
}

function environmentOf(
  databaseUrl: string,
  masterKey: Buffer,
  balancer: Balancer,
  neighbours: Neighbours,
): Record<string, string> {
  const places = destinationNames.flatMap((name) => {
    const prefix = `SLUIS_DEST_${name.toUpperCase().replaceAll('-', '_')}`
    const { url, secret } = neighbours.ports[name]!
    return [[`${prefix}_URL`, url] as const, [`${prefix}_SECRET`, secret] as const]
  })
  return {
    ...Object.fromEntries(places),
    DATABASE_URL: databaseUrl,
    SLUIS_MASTER_KEY: masterKey.toString('base64'),
    SLUIS_PUBLIC_URL: balancer.url,
    SLUIS_PROBE_SECONDS: '3',
    SLUIS_DEST_DIGITAAL_VLAANDEREN_TAKES_PROBES: 'true',
    SLUIS_LOG: 'warn',
    TZ: 'Europe/Brussels',
  }
}
