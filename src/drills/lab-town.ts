import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openCare, type CareDeps } from '../care/deps.ts'
import { judgeHere, type Judge } from '../checking/judge.ts'
import { makeRuleSets, type RuleSets } from '../checking/rule-sets.ts'
import { roles as allRoles } from '../config.ts'
import { openVault, type Vault } from '../ledger/vault.ts'
import { connect, type Database } from '../store/connect.ts'
import { startEmbedded } from '../store/embedded/start.ts'
import { migrate } from '../store/migrate.ts'
import type { LaboratoryName } from '../../neighbours/laboratories/dialect.ts'
import type { LaboratoryAccount } from '../../neighbours/laboratories/laboratory.ts'
import type { Order } from '../../neighbours/laboratories/order.ts'
import { startChild } from '../../neighbours/shared/child.ts'
import { control } from './ask.ts'
import { freePort, makeHubNode } from './hub-node.ts'
import { buildOrUndo, type Undo } from './undo.ts'

/** Everything the drill of June 2017 runs in: a database, a node of the hub, and laboratories as a process of their own. */
export interface LabTown {
  readonly db: Database
  readonly vault: Vault
  readonly care: CareDeps
  readonly ruleSets: RuleSets
  readonly judge: Judge
  /** Given when the drill is to stop. */
  readonly signal: AbortSignal
  /** Gives orders to the laboratories, to be sent in their dialects. */
  order(orders: readonly Order[]): Promise<void>
  laboratories(): Promise<Readonly<Record<LaboratoryName, LaboratoryAccount>>>
  /** Starts the node anew, with the guard over rule packs or without. */
  startNode(how: { readonly guard: boolean }): Promise<void>
  /** Ends everything that was started, whatever has ended already. */
  stop(): Promise<void>
  /** Ends the node at once, for the exit of this process. */
  abandon(): void
}

export interface LabTownOptions {
  readonly folder: string
  readonly seed: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** The guard looks at the whole of the hub, with whatever else watches it. */
const unguardedRoles = allRoles.filter((role) => role !== 'watch')
const ordersAtOnce = 500

/** Builds the town; the node is described and not started. What was started is stopped when building fails. */
export async function buildLabTown(options: LabTownOptions): Promise<LabTown> {
  return buildOrUndo(options.say, (undo, stop) => build(options, undo, stop))
}

async function build(
  { folder, seed, signal, say }: LabTownOptions,
  undo: Undo,
  stop: LabTown['stop'],
): Promise<LabTown> {
  const database = await startEmbedded({ dataFolder: folder, say, endsWithUs: true })
  undo.push(() => database.stop())
  await migrate(database.url)
  const masterKey = randomBytes(32)
  const db = connect({ url: database.url, connections: 10, connectTimeout: 60_000, applicationName: 'sluis drill' })
  undo.push(() => db.close())
  const vault = openVault(db, masterKey)

  const mllpPort = await freePort()
  const environment = {
    DATABASE_URL: database.url,
    SLUIS_MASTER_KEY: masterKey.toString('base64'),
    SLUIS_MLLP_PORT: String(mllpPort),
    SLUIS_MLLP_LOOPBACK: '1',
    SLUIS_PROBE_SECONDS: '0',
    SLUIS_LOG: 'warn',
    TZ: 'Europe/Brussels',
  }
  const node = makeHubNode({ name: 'a', port: await freePort(), folder: join(folder, 'node-a'), environment })
  undo.push(() => node.stop())

  mkdirSync(join(folder, 'laboratories'), { recursive: true, mode: 0o700 })
  const extension = import.meta.filename.slice(-2)
  const laboratories = await startChild({
    file: fileURLToPath(new URL(`../../neighbours/laboratories/main.${extension}`, import.meta.url)),
    ports: [0, 0],
    secret: '',
    say: (line) => say(`laboratories: ${line}`),
    arguments: () => [`--hub=127.0.0.1:${mllpPort}`, `--seed=${seed}`],
  })
  undo.push(() => laboratories.stop())
  const call = (what: string, body?: unknown) =>
    control(`http://127.0.0.1:${laboratories.ready().controlPort}`, what, body)
  return {
    db,
    vault,
    care: openCare(vault),
    ruleSets: makeRuleSets(),
    judge: judgeHere,
    signal,
    async order(orders) {
      for (let at = 0; at < orders.length; at += ordersAtOnce) {
        await call('PUT /control/orders', { orders: orders.slice(at, at + ordersAtOnce) })
      }
    },
    laboratories: async () => (await call('GET /control/account')) as Record<LaboratoryName, LaboratoryAccount>,
    async startNode({ guard }) {
      await node.stop()
      await node.start(guard ? allRoles : unguardedRoles)
    },
    stop,
    abandon: () => node.abandon(),
  }
}
