import { checkingStage } from '../../src/checking/check.ts'
import { loadDestinations, loadRoutes } from '../../src/delivery/config.ts'
import { planningStage } from '../../src/delivery/plan.ts'
import { formatNamed } from '../../src/formats/registry.ts'
import { receiptNumber, sha256 } from '../../src/kernel/ids.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { makeBell } from '../../src/ledger/bell.ts'
import { workOnce, type Stage } from '../../src/ledger/stage.ts'
import { storeBatch } from '../../src/ledger/store-batch.ts'
import { readingStage } from '../../src/reading/read.ts'
import { loadPacks } from '../../src/rules/load.ts'
import type { Pack } from '../../src/rules/pack.ts'
import { withheldAmong } from '../../src/store/visibility.ts'
import { makePackWorld, type PackWorld } from './world.ts'

export const quality = (): Pack => loadPacks().find(({ name }) => name === 'lab-quality')!
const day = 86_400_000
// One clock for all: a minute later is another sample.
const now = Date.now()

export const somebodyElse = { number: '85073003328^^^^NN', born: '19850730', name: 'Maes^Tom' }

/** A result as a laboratory sends it. */
export interface Sent {
  readonly value: string
  readonly unit?: string
  readonly code?: string
  /** The system of the code, LOINC unless said. */
  readonly system?: 'LN' | 'L'
  readonly order?: string
  readonly status?: string
  readonly name?: string
  readonly born?: string
  readonly number?: string
  readonly daysAgo?: number
  readonly hoursAgo?: number
}

/** Creatinine and glucose of one tube. */
export const tube = (creatinine: string, glucose: string, of: Partial<Sent>, order: string): Sent[] => [
  { ...of, order, value: creatinine },
  { ...of, order, value: glucose, unit: 'mmol/L', code: '14749-6' },
]

export interface LabWorld extends PackWorld {
  oru(text: string | Buffer): Promise<void>
  read(text: string | Buffer): Promise<void>
  /** Checks and plans what was read. */
  check(): Promise<void>
  results(...results: readonly Sent[]): Promise<void>
  /** Of the message before, `ordinal rule outcome`. */
  verdicts(): Promise<string[]>
  /** How many records are withheld now. */
  hidden(): Promise<number>
}

export async function makeLabWorld(): Promise<LabWorld> {
  const world = await makePackWorld()
  const { db, vault, ruleSets, judge } = world
  const destinations = loadDestinations({ environment: {} })
  const stages = [
    readingStage({ vault, node: 'test', formatNamed }, 'lab'),
    checkingStage({ vault, node: 'test', ruleSets, judge }, 'lab'),
    planningStage({ vault, node: 'test', destinations, routes: loadRoutes(destinations) }, 'lab'),
  ]
  let count = 0
  const work = async (some: readonly Stage[]): Promise<void> => {
    for (const stage of some) while (await workOnce({ db, bell: makeBell(), log: silentLog }, stage));
  }
  const check = (): Promise<void> => work(stages.slice(1))
  const read = async (text: string | Buffer): Promise<void> => {
    const body = Buffer.from(text)
    const hash = sha256(body)
    const messageId = `M${++count}#0123456789abcdef`
    const number = receiptNumber(vault.keys.receipt, 1, messageId, hash)
    const arrival = { ...number, senderId: 1, messageId, service: 'lab', format: 'hl7v2' } as const
    const message = { ...arrival, receivedAt: new Date(), sha256: hash, body, traceparent: null }
    await storeBatch(db, vault, 'test', [message], 'stored')
    await work(stages.slice(0, 1))
  }
  const oru = async (text: string | Buffer): Promise<void> => {
    await read(text)
    await check()
  }
  return {
    ...world,
    oru,
    read,
    check,
    results: (...results) => oru(write(results)),
    async verdicts() {
      const { rows } = await db.query<{ said: string }>({
        text: `select r.ordinal || ' ' || v.rule || ' ' || v.outcome as said from verdict v
          join record r on r.service = v.service and r.received_at = v.received_at and r.id = v.record
          where r.message = (select max(message) from record) order by said`,
      })
      return rows.map(({ said }) => said)
    },
    async hidden() {
      const { rows } = await db.query<{ record: number; receivedAt: Date }>({
        text: 'select id as record, received_at as "receivedAt" from record',
      })
      return (await withheldAmong(db, 'lab', rows)).size
    },
  }
}

export function write(results: readonly Sent[]): string {
  const lines = [`MSH|^~\\&|LIS|LABO-NOORD|SLUIS||${stamp(0)}||ORU^R01|C|P|2.5.1||||||UNICODE UTF-8`]
  for (const one of results) {
    const {
      value,
      unit = 'umol/L',
      code = '14682-9',
      system = 'LN',
      order = 'O1',
      status = 'F',
      daysAgo = 1,
      hoursAgo = 2,
    } = one
    const { name = 'Peeters^An', born = '19930518', number = '93051822361^^^^NN' } = one
    const [taken, told] = [stamp(daysAgo * day), stamp(hoursAgo * 3_600_000)]
    lines.push(
      `PID|1||${number}||${name}||${born}|U`,
      `OBR|1||${order}|PANEL^Panel^L|||${taken}`,
      `OBX|1|NM|${code}^Test^${system}||${value}|${unit}|||||${status}|||${taken}|||||${told}`,
    )
  }
  return lines.join('\r')
}

/** So long ago, as a laboratory writes it in UTC. */
function stamp(ago: number): string {
  const at = new Date(now - ago).toISOString()
  return `${at.slice(0, 19).replaceAll(/\D/g, '')}+0000`
}
