import { openCare, type CareDeps } from '../src/care/deps.ts'
import { followActivation } from '../src/care/activations.ts'
import { enrol } from '../src/care/enrol.ts'
import { readEnrolFile } from '../src/care/enrol-file.ts'
import { keepOnce } from '../src/care/keep.ts'
import { monitorOf } from '../src/care/monitor.ts'
import { analytes } from '../neighbours/laboratories/dialect.ts'
import { identifierIndex } from '../src/ledger/patient.ts'
import { openDisturbance } from '../src/store/feeds.ts'
import { inTransaction } from '../src/store/connect.ts'
import { copyMonitors, withholdAnalyte } from '../src/store/fill-monitors.ts'
import { rowsWritten } from '../src/store/fill.ts'
import { withLabHub, type LabHub } from './lab-fill.ts'
import type { BenchRow } from './row.ts'

const reads = 2_000
// Whose results are really there; monitors of the others are copies, to have the tables as large as they would be.
const readAtMost = 10_000
const itemsBar = 10_000
const readBar = 10

/**
 * Many enrolled patients with results: items evaluated a second by two loops, as a node runs them, from marks to stored
 * states, the first time and again when a rule withholds one of five results; one patient's monitor as it is read, 99 of
 * 100; and a disturbed feed over all of them, in rows written.
 */
export async function benchCare(patients: number, say: (line: string) => void): Promise<BenchRow[]> {
  return withLabHub(async (hub) => {
    const { db, vault } = hub
    const deps = openCare(vault)
    const real = Math.min(patients, readAtMost)
    await hub.fill(real * analytes.length, say)
    const people = await enrolAll(deps, hub, say)
    const conditions = `${people.length.toLocaleString('en')} patients with five results each`
    const kept = await keepAll(deps, hub)
    await withholdAnalyte(db, 'hba1c')
    while (await followActivation(db));
    const again = await keepAll(deps, hub)
    if (patients > people.length) await copyMonitors(db, patients - people.length)
    say(`copied to ${patients.toLocaleString('en')} patients`)
    const { p50, p99 } = await readSome(deps, hub, people)
    const rows = await disturb(hub)
    const [shown] = await monitorOf(deps, db, people[0]!, new Date())
    return [
      keptRow('monitors-kept', kept, `evaluated the first time, ${conditions}`),
      keptRow('monitors-kept-again', again, `marked because a rule withholds each patient's HbA1c, ${conditions}`),
      {
        name: 'monitor-read',
        ours: Number(p99.toFixed(2)),
        theirs: readBar,
        ratio: Number((readBar / p99).toFixed(2)),
        unit: 'ms, 99 of 100',
        conditions: `${reads} reads of one patient after another, ${shown?.display.items.length ?? 0} items each, half of them in ${p50.toFixed(2)} ms, ${patients.toLocaleString('en')} patients; ratio = bar / ours`,
      },
      {
        name: 'feed-disturbance',
        ours: rows,
        theirs: 1,
        ratio: 1 / rows,
        unit: 'rows written',
        conditions: `a silent laboratory, ${conditions}`,
      },
    ]
  })
}

async function enrolAll(deps: CareDeps, hub: LabHub, say: (line: string) => void): Promise<Buffer[]> {
  const all = [...new Map(hub.patients().map((one) => [one.insz, one])).values()]
  const inPractice = 2_000
  for (let at = 0; at < all.length; at += inPractice) {
    const patients = all.slice(at, at + inPractice).map(({ insz, birthDate }) => ({
      identifier: insz,
      monitor: 'diabetes-cvrm',
      from: '2020-01-01',
      birthDate,
    }))
    await enrol(deps, hub.db, readEnrolFile(JSON.stringify({ practice: `praktijk-${at}`, patients })), 'bench')
    say(`enrolled ${Math.min(all.length, at + inPractice).toLocaleString('en')}`)
  }
  return all.map(({ insz }) => identifierIndex(hub.vault.keys, { scheme: 'insz', value: insz, assigner: '' }, ''))
}

interface KeptAll {
  readonly items: number
  readonly perSecond: number
  readonly changed: number
  /** Of this process and of PostgreSQL, for each item. */
  readonly cpuMicroseconds: { readonly node: number; readonly database: number }
}

async function keepAll(deps: CareDeps, { db, databaseCpu }: LabHub): Promise<KeptAll> {
  let items = 0
  let changed = 0
  const loop = async (): Promise<void> => {
    for (;;) {
      const kept = await keepOnce(deps, db, () => new Date())
      if (kept.evaluated === 0) return
      items += kept.evaluated
      changed += kept.changed
    }
  }
  const began = performance.now()
  const [cpu, ofDatabase] = [process.cpuUsage(), databaseCpu()]
  await Promise.all([loop(), loop()])
  const { user, system } = process.cpuUsage(cpu)
  const perSecond = (items * 1_000) / (performance.now() - began)
  const cpuMicroseconds = { node: (user + system) / items, database: (databaseCpu() - ofDatabase) / items }
  return { items, changed, perSecond, cpuMicroseconds }
}

function keptRow(name: string, { items, changed, perSecond, cpuMicroseconds }: KeptAll, what: string): BenchRow {
  return {
    name,
    ours: Math.round(perSecond),
    theirs: itemsBar,
    ratio: Number((perSecond / itemsBar).toFixed(3)),
    unit: 'items/s',
    conditions: `${items.toLocaleString('en')} items from marked to stored, ${changed.toLocaleString('en')} of another colour, ${cpuMicroseconds.node.toFixed(0)} µs of the node's CPU each and ${cpuMicroseconds.database.toFixed(0)} of PostgreSQL's, ${what}`,
  }
}

async function readSome(deps: CareDeps, { db }: LabHub, people: readonly Buffer[]) {
  const taken: number[] = []
  for (let read = 0; read < reads; read++) {
    const patient = people[Math.floor(Math.random() * people.length)]!
    const began = performance.now()
    await monitorOf(deps, db, patient, new Date())
    taken.push(performance.now() - began)
  }
  const sorted = taken.toSorted((a, b) => a - b)
  return { p50: sorted[reads / 2]!, p99: sorted[Math.floor(reads * 0.99)]! }
}

async function disturb({ db }: LabHub): Promise<number> {
  return inTransaction(db, async (tx) => {
    const feed = { source: 'lab-schelde', kind: 'lab', reason: 'silent', from: new Date(), expected: 100 } as const
    await openDisturbance(tx, feed)
    return rowsWritten(tx)
  })
}
