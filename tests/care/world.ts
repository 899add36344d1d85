import { onTestFinished } from 'vitest'
import { openCare, type CareDeps } from '../../src/care/deps.ts'
import { enrol } from '../../src/care/enrol.ts'
import { readEnrolFile, readIdentifier } from '../../src/care/enrol-file.ts'
import { keepOnce } from '../../src/care/keep.ts'
import { monitorOf } from '../../src/care/monitor.ts'
import { formatNamed } from '../../src/formats/registry.ts'
import { receiptNumber, sha256 } from '../../src/kernel/ids.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { makeBell } from '../../src/ledger/bell.ts'
import { identifierIndex } from '../../src/ledger/patient.ts'
import { workOnce } from '../../src/ledger/stage.ts'
import { storeBatch } from '../../src/ledger/store-batch.ts'
import { openVault } from '../../src/ledger/vault.ts'
import type { DisplayedItem } from '../../src/monitors/display.ts'
import { readingStage } from '../../src/reading/read.ts'
import { connect, type Database } from '../../src/store/connect.ts'
import { createTestDatabase } from '../support/database.ts'

/** A result as a laboratory sends it; days are `YYYYMMDD`, moments `YYYYMMDDHHMM`. */
export interface Sent {
  readonly patient?: string
  readonly order?: string
  readonly code?: string
  readonly value?: string
  readonly unit?: string
  readonly status?: string
  readonly collected?: string
  readonly released?: string
  readonly lab?: string
  readonly receivedAt?: Date
}

export interface CareWorld {
  /** For a node of its own on the same database, with the key below. */
  readonly url: string
  readonly db: Database
  readonly deps: CareDeps
  /** Accepts and reads results, and checks them unless `unchecked`; gives the receipt of their message. */
  send(...results: readonly Sent[]): Promise<string>
  read(...results: readonly Sent[]): Promise<string>
  check(): Promise<void>
  enrol(more?: Readonly<Record<string, unknown>>): Promise<void>
  /** Evaluates all that is marked; returns how many items. */
  keep(now?: Date): Promise<number>
  /** One item of the patient's diabetes monitor as it is shown. */
  shown(item: string, now?: Date, patient?: string): Promise<DisplayedItem>
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

export const patientOne = '93051822361'

export const careKey = Buffer.alloc(32, 9)

/** A database with the reading stage and the care room on it, for one test. */
export async function makeCareWorld(): Promise<CareWorld> {
  const database = await createTestDatabase()
  const db = connect({ url: database.url, connections: 6 })
  onTestFinished(async () => {
    await db.close()
    await database.drop()
  })
  const vault = openVault(db, careKey)
  const deps = openCare(vault)
  const stage = readingStage({ vault, node: 'test', formatNamed }, 'lab')
  let count = 0

  const read = async (...results: readonly Sent[]): Promise<string> => {
    count += 1
    const body = Buffer.from(oru(`M${count}`, results))
    const hash = sha256(body)
    const senderId = 1
    const number = receiptNumber(vault.keys.receipt, senderId, `M${count}`, hash)
    const receivedAt = results[0]?.receivedAt ?? new Date()
    const arrival = { ...number, senderId, messageId: `M${count}`, service: 'lab', format: 'hl7v2' } as const
    await storeBatch(db, vault, 'test', [{ ...arrival, receivedAt, sha256: hash, body, traceparent: null }], 'stored')
    while (await workOnce({ db, bell: makeBell(), log: silentLog }, stage));
    return number.receipt
  }
  const check = async (): Promise<void> => {
    await db.query({
      text: `with done as (delete from step where stage = 'check' returning record, received_at)
        insert into record_check (record, service, received_at, rule_set) select record, 'lab', received_at, '\\x00' from done`,
    })
  }
  return {
    url: database.url,
    db,
    deps,
    read,
    check,
    async send(...results) {
      const receipt = await read(...results)
      await check()
      return receipt
    },
    async enrol(more = {}) {
      const one = { identifier: patientOne, name: 'A. Peeters', monitor: 'diabetes-cvrm', from: '2015-01-01' }
      const patient = { ...one, birthDate: '1970-01-01', diagnosedOn: '2015-01-01', ...more }
      const text = JSON.stringify({ practice: 'praktijk-noord', patients: [patient] })
      await enrol(deps, db, readEnrolFile(text), 'test')
    },
    async keep(now) {
      let items = 0
      for (;;) {
        const { evaluated } = await keepOnce(deps, db, () => now ?? new Date())
        if (evaluated === 0) return items
        items += evaluated
      }
    },
    async shown(item, now = new Date(), patient = patientOne) {
      const [monitor] = await monitorOf(deps, db, identifierIndex(vault.keys, readIdentifier(patient), ''), now)
      const found = monitor?.display.items.find((one) => one.item === item)
      if (found === undefined) throw new Error(`${item} is not shown`)
      return found
    },
    query: async <Row>(text: string, values: readonly unknown[] = []) =>
      (await db.pool.query(text, [...values])).rows as Row[],
  }
}

/** Days from now as a laboratory writes them. */
export function daysAgo(days: number, time = '1000'): string {
  const day = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
  return day.replaceAll('-', '') + time
}

function oru(control: string, results: readonly Sent[]): string {
  const [first] = results
  const lines = [`MSH|^~\\&|LIS|${first?.lab ?? 'LABO-NOORD'}|SLUIS||${daysAgo(0)}||ORU^R01|${control}|P|2.5.1`]
  for (const one of results) {
    const { patient = patientOne, order = 'O1', code = '59261-8', value = '50', unit = 'mmol/mol' } = one
    const { status = 'F', collected = daysAgo(30), released = collected } = one
    lines.push(
      `PID|1||${patient}^^^INSZ||Peeters^An||19700101|F`,
      `OBR|1||${order}|PANEL^Panel^L|||${collected}`,
      `OBX|1|NM|${code}^Test^LN||${value}|${unit}|||||${status}|||${collected}|||||${released}`,
    )
  }
  return lines.join('\r')
}
