import { onTestFinished } from 'vitest'
import { judgeHere, type Judge } from '../../src/checking/judge.ts'
import { checkingStage } from '../../src/checking/check.ts'
import { installPack } from '../../src/checking/install.ts'
import { makeRuleSets, type RuleSets } from '../../src/checking/rule-sets.ts'
import { switchPack } from '../../src/checking/switch.ts'
import { loadDestinations, loadRoutes } from '../../src/delivery/config.ts'
import { planningStage } from '../../src/delivery/plan.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { sampleForm } from '../../src/formats/eform/sample.ts'
import { formatNamed } from '../../src/formats/registry.ts'
import { brusselsDay } from '../../src/kernel/clock.ts'
import { receiptNumber, sha256 } from '../../src/kernel/ids.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { account, type Account } from '../../src/ledger/account.ts'
import { makeBell } from '../../src/ledger/bell.ts'
import { workOnce } from '../../src/ledger/stage.ts'
import { storeBatch, type Numbered } from '../../src/ledger/store-batch.ts'
import { openVault, type Vault } from '../../src/ledger/vault.ts'
import { readingStage } from '../../src/reading/read.ts'
import { readPack, type Pack } from '../../src/rules/pack.ts'
import type { ActivationMode } from '../../src/store/activations.ts'
import { connect, type Database } from '../../src/store/connect.ts'
import { createTestDatabase } from '../support/database.ts'

/** One rule of a test pack, in FHIRPath. */
export interface TestRule {
  readonly id: string
  readonly severity?: 'flag' | 'withhold'
  readonly applies?: string
  readonly expr: string
}

const limitsDefault = { maxShareNewlyWithheld: 0.1, maxPerHourPerSource: 1_000_000, minSample: 5 }

/** A pack on eForms with these rules. */
export function testPack(
  version: string,
  rules: readonly TestRule[],
  limits: Partial<typeof limitsDefault> = {},
): Pack {
  const text = { nl: 'nl {kind}', fr: 'fr {kind}', de: 'de {kind}', en: 'en {kind}' }
  const reading = readPack({
    pack: JSON.stringify({
      name: 'test-quality',
      version,
      service: 'eforms',
      owner: 'test',
      limits: { ...limitsDefault, ...limits },
      rules: rules.map((rule) => ({
        class: 'meaning',
        severity: 'withhold',
        params: { kind: 'formKind' },
        text,
        explain: 'test',
        ...rule,
      })),
    }),
    cases: null,
    notes: '',
  })
  if (reading.state !== 'loaded') throw new Error(JSON.stringify(reading.faults))
  return reading.pack
}

/** Senders `lab-a`, `lab-b` and `lab-c` are 1, 2 and 3. */
export interface PackWorld {
  readonly url: string
  readonly db: Database
  readonly vault: Vault
  readonly ruleSets: RuleSets
  readonly judge: Judge
  /** Sends forms as a sender, and reads, checks and plans them. */
  send(senderId: number, count: number): Promise<void>
  /** Sends without working. */
  arrive(senderId: number, count: number): Promise<void>
  /** Hands over these forms, each as a message of its own; returns their receipts. */
  hand(senderId: number, forms: readonly Readonly<Record<string, unknown>>[]): Promise<string[]>
  work(): Promise<void>
  install(pack: Pack): Promise<number>
  /** Sets a version without asking for reports. */
  set(pack: Pack, mode: ActivationMode, source?: string | null): Promise<number>
  count(text: string, values?: unknown[]): Promise<number>
  books(): Promise<Account>
}

export async function makePackWorld(judge: Judge = judgeHere): Promise<PackWorld> {
  const database = await createTestDatabase()
  const db = connect({ url: database.url, connections: 6 })
  const vault = openVault(db, Buffer.alloc(32, 9))
  onTestFinished(async () => {
    await db.close()
    await database.drop()
  })
  await db.query({
    text: `insert into sender (id, client_id, name, kind, public_keys) values
      (1, 'lab-a', 'Laboratory A', 'laboratory', '[]'), (2, 'lab-b', 'Laboratory B', 'laboratory', '[]'),
      (3, 'lab-c', 'Laboratory C', 'laboratory', '[]')`,
  })
  const ruleSets = makeRuleSets()
  const destinations = loadDestinations({ environment: {} })
  const stages = [
    readingStage({ vault, node: 'test', formatNamed }, 'eforms'),
    checkingStage({ vault, node: 'test', ruleSets, judge }, 'eforms'),
    planningStage({ vault, node: 'test', destinations, routes: loadRoutes(destinations) }, 'eforms'),
  ]
  const random = seededRandom(5)
  let number = 0
  const hand: PackWorld['hand'] = async (senderId, forms) => {
    const batch = forms.map((form): Numbered => {
      const body = Buffer.from(JSON.stringify(form))
      const messageId = String(form['messageId'])
      return {
        ...receiptNumber(vault.keys.receipt, senderId, messageId, sha256(body)),
        senderId,
        messageId,
        service: 'eforms',
        format: 'eform-json',
        receivedAt: new Date(),
        sha256: sha256(body),
        body,
        traceparent: null,
      }
    })
    await storeBatch(db, vault, 'test', batch, 'stored')
    return batch.map(({ receipt }) => receipt)
  }
  const arrive = async (senderId: number, count: number): Promise<void> => {
    for (let left = count; left > 0; left -= 500) {
      const forms = Array.from({ length: Math.min(500, left) }, () => ({
        ...sampleForm('rapid-test', { random, at: new Date() }),
        messageId: `form-${senderId}-${number++}`,
      }))
      await hand(senderId, forms)
    }
  }
  const work = async (): Promise<void> => {
    for (const stage of stages) while (await workOnce({ db, bell: makeBell(), log: silentLog }, stage));
  }
  const install = async (pack: Pack): Promise<number> => (await installPack(db, pack, 'test')).id
  return {
    url: database.url,
    db,
    vault,
    ruleSets,
    judge,
    arrive,
    hand,
    work,
    install,
    async send(senderId, count) {
      await arrive(senderId, count)
      await work()
    },
    async set(pack, mode, source = null) {
      const setting = await install(pack)
      const ids = await switchPack(
        {
          db,
          ruleSets,
        },
        pack.name,
        async () => [
          {
            setting,
            mode,
            source,
            actor: 'test',
            why: 'test',
          },
        ],
      )
      return ids[0]!
    },
    async count(text, values = []) {
      const { rows } = await db.query<{
        n: number
      }>({
        text,
        values,
      })
      return rows[0]!.n
    },
    books() {
      const day = brusselsDay(new Date())
      return account(db, {
        from: day,
        to: day,
      })
    },
  }
}
