import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { Pool } from 'undici'
import { cpuUsed, perDelivery, type CpuUsed } from './cpu.ts'
import { loadDestinations, loadRoutes } from '../src/delivery/config.ts'
import { pauseDelivery, resume } from '../src/delivery/pauses.ts'
import { namesOf } from '../src/delivery/transports/posting.ts'
import { startDelivery } from '../src/delivery/worker.ts'
import { toSciensanoBundle } from '../src/formats/fhir/sciensano.ts'
import type { CanonicalRecord } from '../src/formats/record.ts'
import { keepMemory } from '../src/kernel/heap.ts'
import { namedUuid, recordName } from '../src/kernel/ids.ts'
import { silentLog } from '../src/kernel/log.ts'
import { makeBell } from '../src/ledger/bell.ts'
import { openVault, type Vault } from '../src/ledger/vault.ts'
import { connect, type Database } from '../src/store/connect.ts'
import { analyzeDeliveries, insertDeliveries } from '../src/store/deliveries.ts'
import { startEmbedded } from '../src/store/embedded/start.ts'
import { migrate } from '../src/store/migrate.ts'
import { insertRecords } from '../src/store/records.ts'
import { median, type BenchRow } from './row.ts'
import { sampleRecord } from './drain-record.ts'

const batch = 500
const concurrency = 64
const rounds = 5

/**
 * A backlog drained to a destination on loopback (claim, decrypt, write FHIR, post, match the acknowledgement, settle with
 * entries) against a bare undici loop that posts the same bodies to the same destination. Both in one run on one machine.
 */
export async function benchDrain(
  deliveries = 100_000,
  say: (line: string) => void = () => undefined,
): Promise<BenchRow[]> {
  // As a node does; the bare loop runs in the same process.
  keepMemory()
  const folder = await mkdtemp(join(tmpdir(), 'sluis-bench-'))
  const server = await startEmbedded({ dataFolder: folder, say, endsWithUs: true })
  const destination = await startDestinationProcess()
  try {
    await migrate(server.url)
    const db = connect({ url: server.url, connections: 8 })
    const vault = openVault(db, randomBytes(32))
    say(`filling ${deliveries} deliveries`)
    await fill(db, vault, deliveries, say)
    const bodies = Array.from({ length: 2_000 }, (_, i) => bodyOf(i))
    const used = (): CpuUsed => cpuUsed(destination.child.pid!, folder)
    const measured = await inTurns({ db, vault, url: destination.url, bodies, total: deliveries, used, say })
    await db.close()
    return [rowOf(measured, deliveries)]
  } finally {
    destination.child.kill()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Sides {
  readonly db: Database
  readonly vault: Vault
  readonly url: string
  readonly bodies: readonly Body[]
  readonly total: number
  readonly used: () => CpuUsed
  readonly say: (line: string) => void
}

interface Body {
  readonly uid: string
  readonly body: Buffer
}

interface Round {
  readonly ours: number
  readonly theirs: number
  readonly ourCpu: string
  readonly theirCpu: string
}

/** Machines change their speed within seconds: each part of the backlog is drained right after a bare loop as long. */
async function inTurns({ db, vault, url, bodies, total, used, say }: Sides): Promise<Round[]> {
  // What is under way when a turn ends is drained beside it.
  const part = Math.floor(total / (rounds + 2))
  const drain = await startDraining(db, vault, url, total)
  try {
    // Both sides get warm on what is not counted.
    await bareLoop(url, bodies, part)
    await drain.some(part)
    const measured: Round[] = []
    while (measured.length < rounds) {
      const started = used()
      const theirs = await bareLoop(url, bodies, part)
      const between = used()
      const { perSecond: ours, drained } = await drain.some(part)
      const theirCpu = perDelivery(started, between, part)
      measured.push({ ours, theirs, theirCpu, ourCpu: perDelivery(between, used(), drained) })
      say(`bare loop ${Math.round(theirs)}/s, drained ${Math.round(ours)}/s`)
    }
    return measured
  } finally {
    await drain.stop()
  }
}

function rowOf(measured: readonly Round[], deliveries: number): BenchRow {
  const ratios = measured.map(({ ours, theirs }) => ours / theirs)
  const ratio = median(ratios)
  const typical = measured[ratios.indexOf(ratio)]!
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`
  return {
    name: 'drain',
    ours: Math.round(median(measured.map((round) => round.ours))),
    theirs: Math.round(median(measured.map((round) => round.theirs))),
    ratio,
    unit: 'deliveries/s',
    conditions: `${deliveries} deliveries, ${concurrency} connections, loopback, ${cpus().length} cores shared by hub, PostgreSQL (fsync on) and destination; median of ${rounds} pairs in turns, ${spread}; CPU each in the median pair: ${typical.ourCpu}; bare loop ${typical.theirCpu}`,
  }
}

async function startDestinationProcess(): Promise<{ child: ChildProcess; url: string }> {
  const file = join(import.meta.dirname, `drain-destination${extname(import.meta.filename)}`)
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return { child, url: `http://127.0.0.1:${line.toString().trim()}` }
}

export async function fill(db: Database, vault: Vault, total: number, say: (line: string) => void): Promise<void> {
  for (let from = 0; from < total; from += batch) {
    await fillBatch(db, vault, from, Math.min(batch, total - from))
    if (from % 20_000 === 0) say(`filled ${from}`)
  }
  await analyzeDeliveries(db)
}

async function fillBatch(db: Database, vault: Vault, from: number, count: number): Promise<void> {
  const receivedAt = new Date()
  const dataKey = await vault.forPeriod('eforms', receivedAt)
  const places = Array.from({ length: count }, (_, i) => from + i)
  const records = places.map((place) => ({
    message: place + 1,
    receivedAt,
    ordinal: 0,
    senderId: 1,
    formKind: 'rapid-test',
    form: 'rapid-test',
    formVersion: '2.0',
    action: 'new' as const,
    replacesMessageId: null,
    outcome: 'accepted' as const,
    faultCodes: [],
    patient: patientOf(place),
    content: vault.seal(dataKey, Buffer.from(JSON.stringify(recordOf(place))), recordName(receiptOf(place), 0)),
    dataKey: dataKey.id,
  }))
  const ids = await insertRecords(db, 'eforms', records)
  await insertDeliveries(
    db,
    places.map((place, i) => ({
      uid: namedUuid('bench', place),
      destination: 'sciensano',
      purpose: 'result' as const,
      service: 'eforms' as const,
      formKind: 'rapid-test',
      senderId: 1,
      message: place + 1,
      record: ids[i]!,
      receipt: receiptOf(place),
      ordinal: 0,
      receivedAt,
      traceparent: null,
      orderKey: patientOf(place),
      follows: null,
      after: null,
      replaces: null,
      revokes: null,
    })),
    'hub:bench',
  )
}

const receiptOf = (place: number): string => namedUuid('receipt', place)

const patientOf = (place: number): Buffer => {
  const patient = Buffer.alloc(16)
  patient.writeUInt32BE(place, 12)
  return patient
}

const recordOf = (place: number): CanonicalRecord => sampleRecord(place)

function bodyOf(place: number): Body {
  const uid = namedUuid('bench', place)
  const names = namesOf({
    uid,
    purpose: 'result',
    recordName: recordName(receiptOf(place), 0),
    receivedAt: new Date(),
    traceparent: null,
    record: recordOf(place),
    replaces: null,
    earlier: null,
    uvci: null,
  })
  return { uid, body: Buffer.from(JSON.stringify(toSciensanoBundle(recordOf(place), names))) }
}

/** What anybody would write with undici: `request`, the answer read, as many at once as our connections. */
async function bareLoop(url: string, bodies: readonly Body[], total: number): Promise<number> {
  const pool = new Pool(url, { connections: concurrency, pipelining: 1 })
  let next = 0
  const started = performance.now()
  const lane = async (): Promise<void> => {
    while (next < total) {
      const { uid, body } = bodies[next++ % bodies.length]!
      const headers = { 'content-type': 'application/fhir+json', 'sluis-delivery-id': uid, 'idempotency-key': uid }
      const answer = await pool.request({ method: 'POST', path: '/fhir/results', headers, body })
      await answer.body.json()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  const rate = total / ((performance.now() - started) / 1000)
  await pool.close()
  return rate
}

interface Drained {
  readonly perSecond: number
  readonly drained: number
}

/** A node that delivers, and rests between turns: forwarding is paused and resumed, as an operator does it. */
async function startDraining(db: Database, vault: Vault, url: string, total: number) {
  const shipped = loadDestinations({ environment: {} })
  const routes = loadRoutes(shipped)
  const destinations = shipped
    .filter(({ name }) => name === 'sciensano')
    .map((one) => ({ ...one, baseUrl: url, secret: 'bench', concurrency }))
  const rest = () => pauseDelivery(db, { destination: 'sciensano' }, 'the other side has its turn', 'bench')
  let pause = await rest()
  const delivery = startDelivery({ db, vault, bell: makeBell(), node: 'bench', log: silentLog, destinations, routes })
  const counters = delivery.counters().get('sciensano')!
  const until = async (reached: () => boolean): Promise<void> => {
    while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  // What was ahead when the pause began is given back, not sent.
  const settled = (): boolean => counters.acknowledged + counters.returned === counters.claimed
  return {
    /** Until so many more are acknowledged; what is under way then is finished uncounted. */
    async some(wanted: number): Promise<Drained> {
      const [before, started] = [counters.acknowledged, performance.now()]
      await resume(db, pause.id, 'our turn', 'bench')
      delivery.wake()
      await until(() => counters.acknowledged >= Math.min(total, before + wanted))
      const perSecond = ((counters.acknowledged - before) * 1_000) / (performance.now() - started)
      pause = await rest()
      await until(settled)
      return { perSecond, drained: counters.acknowledged - before }
    },
    stop: () => delivery.stop(),
  }
}
