import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { Pool } from 'undici'
import { cpuUsed, perDelivery, type CpuUsed } from './cpu.ts'
import { loadDestinations, loadRoutes } from '../src/delivery/config.ts'
import { namesOf } from '../src/delivery/transports/posting.ts'
import { startDelivery } from '../src/delivery/worker.ts'
import { toSciensanoBundle } from '../src/formats/fhir/sciensano.ts'
import type { CanonicalRecord } from '../src/formats/record.ts'
import { namedUuid, recordName } from '../src/kernel/ids.ts'
import { silentLog } from '../src/kernel/log.ts'
import { makeBell } from '../src/ledger/bell.ts'
import { openVault, type Vault } from '../src/ledger/vault.ts'
import { connect, type Database } from '../src/store/connect.ts'
import { analyzeDeliveries, insertDeliveries } from '../src/store/deliveries.ts'
import { startEmbedded } from '../src/store/embedded/start.ts'
import { migrate } from '../src/store/migrate.ts'
import { insertRecords } from '../src/store/records.ts'
import type { BenchRow } from './row.ts'
import { sampleRecord } from './drain-record.ts'

const batch = 500
const concurrency = 64

/**
 * A backlog drained to a destination on loopback (claim, decrypt, write FHIR, post, match the acknowledgement, settle with
 * entries) against a bare undici loop that posts the same bodies to the same destination. Both in one run on one machine.
 */
export async function benchDrain(
  deliveries = 100_000,
  say: (line: string) => void = () => undefined,
): Promise<BenchRow[]> {
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
    await bareLoop(destination.url, bodies, 2_000)
    // The yardstick before and after, because a machine gets warm: the mean of both.
    const used = (): CpuUsed => cpuUsed(destination.child.pid!, folder)
    const posts = Math.min(deliveries, 40_000)
    const bareFrom = used()
    const before = await bareLoop(destination.url, bodies, posts)
    const oursFrom = used()
    say(`bare loop: ${Math.round(before)}/s`)
    const ours = await drain(db, vault, destination.url, deliveries, say)
    const oursTo = used()
    say(`drained: ${Math.round(ours)}/s`)
    const after = await bareLoop(destination.url, bodies, posts)
    await db.close()
    const theirs = (before + after) / 2
    const cpu = `CPU each: ${perDelivery(oursFrom, oursTo, deliveries)}; bare loop ${perDelivery(bareFrom, oursFrom, posts)}`
    const conditions = `${deliveries} deliveries, ${concurrency} connections, loopback, ${cpus().length} cores shared by hub, PostgreSQL (fsync on) and destination; bare loop ${Math.round(before)} and ${Math.round(after)}; ${cpu}`
    return [{ name: 'drain', ours, theirs, ratio: ours / theirs, unit: 'deliveries/s', conditions }]
  } finally {
    destination.child.kill()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
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

function bodyOf(place: number): { uid: string; body: Buffer } {
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
async function bareLoop(url: string, bodies: readonly { uid: string; body: Buffer }[], total: number): Promise<number> {
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

async function drain(
  db: Database,
  vault: Vault,
  url: string,
  total: number,
  say: (line: string) => void,
): Promise<number> {
  const shipped = loadDestinations({ environment: {} })
  const routes = loadRoutes(shipped)
  const destinations = shipped
    .filter(({ name }) => name === 'sciensano')
    .map((one) => ({ ...one, baseUrl: url, secret: 'bench', concurrency }))
  const started = performance.now()
  const delivery = startDelivery({ db, vault, bell: makeBell(), node: 'bench', log: silentLog, destinations, routes })
  const counters = delivery.counters().get('sciensano')!
  let told = started
  while (counters.acknowledged < total) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (performance.now() - told < 2_000) continue
    told = performance.now()
    say(`acknowledged ${counters.acknowledged}`)
  }
  const seconds = (performance.now() - started) / 1000
  await delivery.stop()
  return total / seconds
}
