import { randomBytes, randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { CanonicalRecord, RapidTestContent, RecordAction, VaccinationContent } from '../../src/formats/record.ts'
import { receiptNumber, recordName, sha256 } from '../../src/kernel/ids.ts'
import { patientIndex } from '../../src/kernel/keys.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { makeBell } from '../../src/ledger/bell.ts'
import { openVault } from '../../src/ledger/vault.ts'
import { insertMessages } from '../../src/store/accept.ts'
import { connect, inTransaction, type Database } from '../../src/store/connect.ts'
import { insertRecords } from '../../src/store/records.ts'
import { shardCount, type StepRow } from '../../src/store/steps.ts'
import { loadDestinations, loadRoutes, type DestinationConfig } from '../../src/delivery/config.ts'
import { planRecords } from '../../src/delivery/plan.ts'
import { startDelivery, type Delivery } from '../../src/delivery/worker.ts'
import { createTestDatabase } from '../support/database.ts'

export interface Given {
  readonly messageId?: string
  readonly senderId?: number
  readonly insz?: string
  readonly result?: RapidTestContent['result']
  readonly action?: RecordAction
  readonly kind?: 'rapid-test' | 'vaccination' | 'booster-1' | 'booster-2'
  /** Other than the second of two doses. */
  readonly doses?: Pick<VaccinationContent, 'dose' | 'doses'>
  readonly receivedAt?: Date
  readonly traceparent?: string
}

export interface Stored {
  readonly id: number
  readonly message: number
  readonly receipt: string
  readonly messageId: string
  readonly record: CanonicalRecord
  readonly senderId: number
  readonly receivedAt: Date
}

/** A database, a vault and the shipped routes, for one test; everything is cleared away when the test ends. */
export interface World {
  readonly db: Database
  /** Stores records that passed their checks, and their plan steps are done. */
  put(...given: readonly Given[]): Promise<Stored[]>
  /** Plans records once more, as after a crash or on another node. */
  plan(stored: readonly Stored[]): Promise<void>
  /** Starts a node that delivers; fast timings unless `change` says otherwise. */
  deliver(urls: Record<string, string>, change?: Partial<DestinationConfig>, node?: string, over?: Database): Delivery
  readonly url: string
  query<T>(text: string, values?: unknown[]): Promise<T[]>
  states(destination?: string): Promise<Record<string, number>>
}

const fast: Partial<DestinationConfig> = {
  timeoutMs: 400,
  leaseMs: 1_500,
  backoff: { baseMs: 20, maxMs: 200 },
  breaker: { failures: 5, openMs: 150, trial: 2 },
  ask: { afterMs: 30, maxMs: 200 },
  ramp: { startPerSecond: 200, growth: 3, topPerSecond: 1_000 },
}

export async function makeWorld(): Promise<World> {
  const database = await createTestDatabase()
  const db = connect({ url: database.url, connections: 10 })
  const vault = openVault(db, randomBytes(32))
  const running: Delivery[] = []
  onTestFinished(async () => {
    await Promise.all(running.map((one) => one.stop()))
    await db.close()
    await database.drop()
  })
  const shipped = loadDestinations({ environment: {} })
  const routes = loadRoutes(shipped)
  const plan = { vault, node: 'test', destinations: shipped, routes }

  const query = async <T>(text: string, values: unknown[] = []): Promise<T[]> =>
    (await db.pool.query(text, values)).rows as T[]

  const planAll = (stored: readonly Stored[]): Promise<void> =>
    inTransaction(db, (tx) => planRecords(plan, tx, stored.map(toStep)))

  return {
    db,
    url: database.url,
    query,
    async put(...given) {
      const stored: Stored[] = []
      for (const one of given) stored.push(await store(db, vault, one))
      await planAll(stored)
      return stored
    },
    plan: planAll,
    deliver(urls, change = {}, node = 'test', over = db) {
      const destinations = shipped
        .filter(({ name }) => urls[name] !== undefined)
        .map((one): DestinationConfig => ({ ...one, ...fast, ...change, baseUrl: urls[one.name]!, secret: 'secret' }))
      const delivery = startDelivery({ db: over, vault, bell: makeBell(), node, log: silentLog, destinations, routes })
      running.push(delivery)
      return delivery
    },
    async states(destination = 'sciensano') {
      const rows = await query<{ state: string; count: number }>(
        'select state, count(*)::int as count from delivery where destination = $1 group by 1',
        [destination],
      )
      return Object.fromEntries(rows.map((row) => [row.state, row.count]))
    },
  }
}

const toStep = (stored: Stored): StepRow => ({
  stage: 'plan',
  service: 'eforms',
  shard: stored.senderId % shardCount,
  message: stored.message,
  record: stored.id,
  receivedAt: stored.receivedAt,
  attempts: 0,
})

async function store(db: Database, vault: ReturnType<typeof openVault>, given: Given) {
  const messageId = given.messageId ?? randomUUID()
  const senderId = given.senderId ?? 1
  const receivedAt = given.receivedAt ?? new Date()
  const body = Buffer.from(messageId)
  const { receipt, prefix } = receiptNumber(vault.keys.receipt, senderId, messageId, sha256(body))
  const dataKey = await vault.forPeriod('eforms', receivedAt)
  await insertMessages(
    db,
    [
      {
        receipt,
        prefix,
        senderId,
        messageId,
        service: 'eforms',
        receivedAt,
        format: 'eform-json',
        sha256: sha256(body),
        size: body.length,
        body: vault.seal(dataKey, body, receipt),
        dataKey: dataKey.id,
        level: 'stored',
        traceparent: given.traceparent ?? null,
      },
    ],
    'test',
  )
  const { rows } = await db.query<{ id: number }>({
    text: 'select id from message where receipt = $1',
    values: [receipt],
  })
  const message = rows[0]!.id
  const record = makeRecord(given)
  const [id] = await insertRecords(db, 'eforms', [
    {
      message,
      receivedAt,
      ordinal: 0,
      senderId,
      formKind: record.formKind,
      form: record.form,
      formVersion: '2.0',
      action: record.action.state,
      replacesMessageId: record.action.state === 'new' ? null : record.action.replacesMessageId,
      outcome: 'accepted',
      faultCodes: [],
      patient: record.subject?.insz == null ? null : patientIndex(vault.keys, 'insz', record.subject.insz),
      content: vault.seal(dataKey, Buffer.from(JSON.stringify(record)), recordName(receipt, 0)),
      dataKey: dataKey.id,
    },
  ])
  return { id: id!, message, receipt, messageId, record, senderId, receivedAt }
}

let inszCounter = 0

export function makeRecord(given: Given): CanonicalRecord {
  const action = given.action ?? { state: 'new' }
  const withdrawn = action.state === 'withdraw'
  const vaccination = given.kind !== undefined && given.kind !== 'rapid-test'
  return {
    ordinal: 0,
    service: 'eforms',
    formKind: given.kind ?? 'rapid-test',
    form: given.kind ?? 'rapid-test',
    formVersion: '2.0',
    action,
    subject: withdrawn
      ? null
      : {
          insz: given.insz ?? String(90_010_100_000 + inszCounter++),
          familyName: 'Peeters',
          givenName: 'An',
          birthDate: '1990-01-01',
          sex: 'female',
          language: 'nl',
          phone: null,
          postalCode: '9000',
        },
    author: {
      organisationNihii: '20000101',
      organisationName: 'Apotheek Test',
      professionalNihii: null,
      professionalName: null,
    },
    happenedAt: '2022-07-01T09:12:00+02:00',
    content: withdrawn
      ? null
      : vaccination
        ? { ...dose, ...given.doses }
        : { ...test, result: given.result ?? 'positive' },
    faults: [],
  }
}

const test: RapidTestContent = {
  kind: 'rapid-test',
  result: 'positive',
  sampledAt: '2022-07-01T09:12:00+02:00',
  sampleKind: 'nasal',
  device: '1232',
  targetGroup: 'symptoms',
  ctpc: null,
}

const dose: VaccinationContent = {
  kind: 'vaccination',
  vaccinatedOn: '2022-06-30',
  product: 'EU/1/20/1528',
  cnk: null,
  lot: 'AB123',
  expiresOn: null,
  dose: 2,
  doses: 2,
  round: 'first-series',
  vaccinator: null,
}

/** Waits until `done` says so; fails after twenty seconds, telling what it saw last. */
export async function until<T>(look: () => Promise<T>, done: (seen: T) => boolean): Promise<T> {
  const end = Date.now() + 20_000
  for (;;) {
    const seen = await look()
    if (done(seen)) return seen
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
