import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpus } from 'node:os'
import { writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { embeddedUrl } from '../src/store/embedded/connection.ts'
import { preparePlace } from '../src/store/embedded/place.ts'
import { makeFolder, removeFolder, startHubProcess, type HubProcess } from './hub-process.ts'
import type { LoadResult } from './load/generator.ts'
import { pgbenchScript } from '../src/store/pgbench-script.ts'
import { median, type BenchRow } from './row.ts'

const execute = promisify(execFile)
const seconds = 4
const pairs = 5
/** A connection of pgbench plans over all partitions when it first executes, 128 of them for seconds: they do not count. */
const yardstickWarmup = 12

/** True when Debian's pgbench can be run: without the yardstick there is no figure. */
export const hasPgbench = (): boolean => spawnSync('pgbench', ['--version']).status === 0

/**
 * Durable intake over HTTP (token, strict parsing, form checks, hash, encryption, idempotency, fsync) against pgbench that
 * executes one statement per transaction writing the same rows, bytes and indexes, with as many clients, in turns. Both
 * sides run once before they count: a hub is started seldom, and its first seconds are spent on compiling.
 */
export async function benchIntake(say: (line: string) => void): Promise<BenchRow[]> {
  const folder = await makeFolder()
  const hub = await startHubProcess(folder, ['--roles', 'intake', '--no-neighbours'])
  try {
    const rows: BenchRow[] = []
    say('warming up both sides')
    await offer(hub, 128, 6)
    await pgbench(folder, 32)
    for (const connections of [32, 128]) rows.push(await compare(hub, connections, say))
    return rows
  } finally {
    await hub.stop()
    await removeFolder(folder)
  }
}

async function compare(hub: HubProcess, connections: number, say: (line: string) => void): Promise<BenchRow> {
  const ours: number[] = []
  const theirs: number[] = []
  const p99: number[] = []
  let cpu = 0
  for (let pair = 0; pair < pairs; pair++) {
    const before = hub.cpu()
    const load = await offer(hub, connections)
    cpu += (hub.cpu() - before) / ((load.answered / seconds) * (seconds + 1)) / pairs
    ours.push(load.answered / seconds)
    p99.push(load.p99)
    theirs.push(await pgbench(hub.folder, connections))
    say(
      `${connections} connections: hub ${ours.at(-1)!.toFixed(0)}/s (p99 ${load.p99.toFixed(1)} ms), pgbench ${theirs.at(-1)!.toFixed(0)}/s`,
    )
  }
  return {
    name: `intake-http-${connections}`,
    ours: median(ours),
    theirs: median(theirs),
    ratio: median(ours.map((one, pair) => one / theirs[pair]!)),
    unit: 'messages/s',
    conditions: `${pairs} pairs of ${seconds} s in turns, median, pgbench after ${yardstickWarmup} s more; p99 ${median(p99).toFixed(1)} ms; node CPU ${(cpu * 1e6).toFixed(0)} us a message; ${cpus().length} cores shared by hub, PostgreSQL and load`,
  }
}

/** Offers load from a process of its own. Throws when anything but 202 was answered. */
export async function offer(hub: HubProcess, connections: number, warmupSeconds = 1): Promise<LoadResult> {
  const worker = join(import.meta.dirname, 'load', `worker${extname(import.meta.filename)}`)
  const options = {
    port: hub.port,
    connections,
    seconds,
    warmupSeconds,
    token: await hub.token(),
    run: randomBytes(5).toString('hex'),
  }
  const { stdout } = await execute(process.execPath, [worker, JSON.stringify(options)], { maxBuffer: 1 << 20 })
  const result = JSON.parse(stdout) as LoadResult
  const wrong = Object.keys(result.byStatus).filter((status) => status !== '202')
  if (wrong.length > 0) throw new Error(`answers other than 202: ${JSON.stringify(result.byStatus)}`)
  return result
}

/** Transactions a second in the last seconds of a run, when every connection has its plans. */
async function pgbench(folder: string, clients: number): Promise<number> {
  const place = await preparePlace(folder)
  const url = new URL(embeddedUrl(place).replace(/@[^/]*\//, '@localhost/'))
  const script = join(folder, 'one-intake.sql')
  await writeFile(script, pgbenchScript())
  const shape = ['-n', '-M', 'prepared', '-f', script, '-c', String(clients), '-j', '2']
  const length = ['-T', String(yardstickWarmup + seconds), '-P', '1']
  const { stderr } = await execute('pgbench', [...shape, ...length, '-h', place.socketFolder, '-U', 'sluis', 'sluis'], {
    env: { ...process.env, PGPASSWORD: decodeURIComponent(url.password) },
  })
  const bySecond = [...stderr.matchAll(/progress: [\d.]+ s, ([\d.]+) tps/g)].map(([, tps]) => Number(tps))
  const counted = bySecond.slice(-seconds)
  const rate = counted.reduce((sum, one) => sum + one, 0) / counted.length
  if (counted.length < seconds || !(rate > 0)) throw new Error(`pgbench gave no figure: ${stderr}`)
  return rate
}
