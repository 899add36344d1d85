import { connect, type Database } from '../../src/store/connect.ts'
import { checkingStage } from '../../src/checking/check.ts'
import { sampleForm, type SampleKind } from '../../src/formats/eform/sample.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { formatNamed } from '../../src/formats/registry.ts'
import { receiptNumber, sha256 } from '../../src/kernel/ids.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { makeBell } from '../../src/ledger/bell.ts'
import { workOnce, type Stage } from '../../src/ledger/stage.ts'
import { storeBatch, type Numbered } from '../../src/ledger/store-batch.ts'
import { openVault, type Vault } from '../../src/ledger/vault.ts'
import { readingStage } from '../../src/reading/read.ts'
import { createTestDatabase } from './database.ts'

/** The ledger and the stages on a database of their own, without a node around them. */
export interface Line {
  readonly db: Database
  readonly url: string
  readonly vault: Vault
  /** Accepts a message; gives its receipt. */
  accept(text: string, messageId: string, senderId?: number): Promise<string>
  acceptSample(kind: SampleKind, n: number): Promise<string>
  /** Reads and checks all that waits. */
  work(): Promise<void>
  close(): Promise<void>
}

/** The master key of every such database. */
export const lineKey = Buffer.alloc(32, 9)

export async function openLine(): Promise<Line> {
  const database = await createTestDatabase()
  const db = connect({ url: database.url, connections: 4 })
  const vault = openVault(db, lineKey)
  const deps = { db, bell: makeBell(), log: silentLog }
  const stages: Stage[] = [
    readingStage({ vault, node: 'test', formatNamed }, 'eforms'),
    checkingStage({ vault, node: 'test' }, 'eforms'),
  ]
  const random = seededRandom(11)
  const accept = async (text: string, messageId: string, senderId = 1): Promise<string> => {
    const body = Buffer.from(text)
    const hash = sha256(body)
    const arrival: Numbered = {
      ...receiptNumber(vault.keys.receipt, senderId, messageId, hash),
      senderId,
      messageId,
      service: 'eforms',
      format: 'eform-json',
      receivedAt: new Date(),
      sha256: hash,
      body,
      traceparent: null,
    }
    await storeBatch(db, vault, 'test', [arrival], 'stored')
    return arrival.receipt
  }
  return {
    db,
    url: database.url,
    vault,
    accept,
    acceptSample(kind, n) {
      const form = { ...sampleForm(kind, { random, at: new Date() }), messageId: `sample-${n}` }
      return accept(JSON.stringify(form), form.messageId)
    },
    async work() {
      for (const stage of stages) while (await workOnce(deps, stage));
    },
    async close() {
      await db.close()
      await database.drop()
    },
  }
}
