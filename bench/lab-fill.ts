import { randomBytes } from 'node:crypto'
import { inventPatient, type Order, type OrderPatient } from '../neighbours/laboratories/order.ts'
import { analytes } from '../neighbours/laboratories/dialect.ts'
import { writeOru } from '../neighbours/laboratories/oru.ts'
import { seededRandom } from '../src/formats/eform/random.ts'
import { formatNamed } from '../src/formats/registry.ts'
import { receiptNumber, sha256 } from '../src/kernel/ids.ts'
import { silentLog } from '../src/kernel/log.ts'
import { makeBell } from '../src/ledger/bell.ts'
import { workOnce } from '../src/ledger/stage.ts'
import { storeBatch, type Numbered } from '../src/ledger/store-batch.ts'
import { openVault, type Vault } from '../src/ledger/vault.ts'
import { checkingStage } from '../src/checking/check.ts'
import { readingStage } from '../src/reading/read.ts'
import { connect, type Database } from '../src/store/connect.ts'
import { startEmbedded } from '../src/store/embedded/start.ts'
import { clearSteps } from '../src/store/fill.ts'
import { migrate } from '../src/store/migrate.ts'
import { makeFolder, removeFolder } from './hub-process.ts'

/** A database of its own with results of laboratories in it, read by the hub's own reader. */
export interface LabHub {
  readonly db: Database
  readonly vault: Vault
  /** Adds results until so many are stored; five of a patient at a time. */
  fill(results: number, say: (line: string) => void, way?: FillWay): Promise<void>
  patients(): readonly OrderPatient[]
}

export interface FillWay {
  /** Whether results are checked as well once they are read; what is tried on history needs no more than records. */
  readonly checked: boolean
  /** The share of orders that are of a patient who was there before. */
  readonly returning: number
}

const hourMs = 3_600_000
const ordersInMessage = 20
const messagesAtOnce = 25
const resultsInMessage = ordersInMessage * analytes.length

/** Runs a measurement on a fresh hub and removes it afterwards. */
export async function withLabHub<Result>(measure: (hub: LabHub) => Promise<Result>): Promise<Result> {
  const folder = await makeFolder()
  const database = await startEmbedded({ dataFolder: folder, say: () => undefined, endsWithUs: true })
  const db = connect({ url: database.url, connections: 8, connectTimeout: 60_000 })
  try {
    await migrate(database.url)
    return await measure(makeHub(db, openVault(db, randomBytes(32))))
  } finally {
    await db.close()
    await database.stop()
    await removeFolder(folder)
  }
}

function makeHub(db: Database, vault: Vault): LabHub {
  const random = seededRandom(11)
  const at = new Date()
  const patients: OrderPatient[] = []
  const stages = [
    readingStage({ vault, node: 'bench', formatNamed }, 'lab'),
    checkingStage({ vault, node: 'bench' }, 'lab'),
  ]
  const began = at.getTime() - 20 * hourMs
  let stored = 0
  const nextPatient = (returning: number): OrderPatient => {
    const known = random() < returning ? patients[Math.floor(random() * patients.length)] : undefined
    if (known !== undefined) return known
    const patient = inventPatient(random, at)
    patients.push(patient)
    return patient
  }
  const nextMessage = (returning: number): Numbered => {
    const messageId = `bench-${stored}`
    const orders = Array.from({ length: ordersInMessage }, (_, i) => {
      return orderOf(nextPatient(returning), `${messageId}-${i}`, at, random)
    })
    // One header, then the groups of every patient.
    const groups = orders.map((order) => writeOru(order, messageId, at, { wrongUnits: false }).toString())
    const body = Buffer.from(groups.map((text, i) => (i === 0 ? text : text.slice(text.indexOf('\r') + 1))).join(''))
    // Five seconds apart: a million results are fourteen hours.
    const receivedAt = new Date(began + (stored / resultsInMessage) * 5_000)
    stored += resultsInMessage
    const common = {
      senderId: 1,
      messageId,
      service: 'lab',
      format: 'hl7v2',
      receivedAt,
      traceparent: null,
    } as const
    return { ...common, ...receiptNumber(vault.keys.receipt, 1, messageId, sha256(body)), sha256: sha256(body), body }
  }
  return {
    db,
    vault,
    patients: () => patients,
    async fill(results, say, { checked, returning } = { checked: true, returning: 0 }) {
      while (stored < results) {
        const left = Math.ceil((results - stored) / resultsInMessage)
        await storeBatch(
          db,
          vault,
          'bench',
          Array.from({ length: Math.min(left, messagesAtOnce) }, () => nextMessage(returning)),
          'stored',
        )
        for (const stage of checked ? stages : stages.slice(0, 1))
          while (await workOnce({ db, bell: makeBell(), log: silentLog }, stage));
        // Laboratories owe nobody anything here: planning has nothing to do with what is measured.
        await clearSteps(db)
        if (stored % 50_000 < messagesAtOnce * resultsInMessage) say(`stored ${stored.toLocaleString('en')} results`)
      }
    },
  }
}

function orderOf(patient: OrderPatient, number: string, at: Date, random: () => number): Order {
  const taken = at.getTime() - 6 * hourMs - Math.floor(random() * 300 * 24) * hourMs
  return {
    laboratory: 'schelde',
    number,
    patient,
    takenAt: new Date(taken).toISOString(),
    releasedAt: new Date(taken + 3 * hourMs).toISOString(),
    results: analytes.map((analyte) => ({ analyte, value: 3 + random() * 60 })),
    status: 'F',
  }
}
