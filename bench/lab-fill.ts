import { randomBytes } from 'node:crypto'
import type { OrderPatient } from '../neighbours/laboratories/order.ts'
import { openVault, type Vault } from '../src/ledger/vault.ts'
import type { Pack } from '../src/rules/pack.ts'
import { connect, type Database } from '../src/store/connect.ts'
import { startEmbedded } from '../src/store/embedded/start.ts'
import { settleDown } from '../src/store/fill.ts'
import { withoutIndexes } from '../src/store/fill-indexes.ts'
import { migrate } from '../src/store/migrate.ts'
import { watchDatabaseCpu } from './database-cpu.ts'
import { fillResults } from './fill-results.ts'
import { makeFolder, removeFolder } from './hub-process.ts'
import { LabMessages } from './lab-messages.ts'

/** A database of its own with results of laboratories in it, as the hub's own reader would have left them. */
export interface LabHub {
  readonly db: Database
  readonly vault: Vault
  /** Adds results until so many are stored; five of a patient at a time. */
  fill(results: number, say: (line: string) => void, way?: FillWay): Promise<void>
  patients(): readonly OrderPatient[]
  /** CPU microseconds of PostgreSQL so far. */
  databaseCpu(): number
}

export interface FillWay {
  /** The versions that checked what is filled, and passed it; null when it is not checked. */
  readonly checkedBy?: readonly Pack[] | null
  /** The share of orders that are of a patient who was there before. */
  readonly returning?: number
}

const sliceOf = 50_000

/** Runs a measurement on a fresh hub and removes it afterwards. */
export async function withLabHub<Result>(measure: (hub: LabHub) => Promise<Result>): Promise<Result> {
  const folder = await makeFolder()
  const database = await startEmbedded({ dataFolder: folder, say: () => undefined, endsWithUs: true })
  const db = connect({ url: database.url, connections: 8, connectTimeout: 60_000 })
  try {
    await migrate(database.url)
    return await measure(await makeHub(db, openVault(db, randomBytes(32))))
  } finally {
    await db.close()
    await database.stop()
    await removeFolder(folder)
  }
}

async function makeHub(db: Database, vault: Vault): Promise<LabHub> {
  const made = new LabMessages(vault.keys.receipt, new Date())
  return {
    db,
    vault,
    databaseCpu: await watchDatabaseCpu(db),
    patients: () => made.patients,
    async fill(results, say, { checkedBy = [], returning = 0 } = {}) {
      const began = performance.now()
      const seconds = (): number => Math.round((performance.now() - began) / 1_000)
      const fillSlice = async (): Promise<void> => {
        const slice = messagesUpTo(made, Math.min(results, made.results + sliceOf), returning)
        await fillResults({ db, vault }, slice, checkedBy)
        say(`stored ${made.results.toLocaleString('en')} results after ${seconds()} s`)
      }
      await withoutIndexes(db, async () => {
        while (made.results < results) await fillSlice()
      })
      await settleDown(db)
      say(`with indexes and statistics after ${seconds()} s`)
    },
  }
}

function* messagesUpTo(made: LabMessages, results: number, returning: number) {
  while (made.results < results) yield made.next(returning)
}
