import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, statfs } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { isAlive, workingFolderOf } from '../../src/store/embedded/processes.ts'
import { startEmbedded } from '../../src/store/embedded/start.ts'
import { migrate } from '../../src/store/migrate.ts'

/** What a test needs to make a database of its own. */
export interface TestServer {
  /** A database of the server from which others are made and dropped. */
  readonly url: string
  /** An empty, migrated database nobody is connected to. */
  readonly template: string
  /** How PostgreSQL copies it fastest here. */
  readonly strategy: 'file_copy' | 'wal_log'
  /** Every database of this run starts with it. */
  readonly prefix: string
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Unix socket that answers with a `TestServer` in JSON, or with `{ failed }`. */
    testServer: string
  }
}

let folder = ''
let door: Server | undefined
let server: Promise<Started> | undefined

/**
 * One PostgreSQL for the whole run, started when the first test asks for a database: a run of tests without one does not
 * wait for it. `DATABASE_URL` names another server to use.
 */
export async function setup(project: TestProject): Promise<void> {
  await removeLeftovers()
  folder = await mkdtemp(join(await roomyMemory(), `sluis-tests-${process.pid}-`))
  const path = join(folder, 'ask')
  door = createServer((socket) => {
    socket.on('error', () => undefined)
    server ??= startServer()
    server.then(
      ({ answer }) => socket.end(JSON.stringify(answer)),
      (error: unknown) => socket.end(JSON.stringify({ failed: String(error) })),
    )
  })
  await new Promise<void>((resolve) => door?.listen(path, resolve))
  project.provide('testServer', path)
}

export async function teardown(): Promise<void> {
  await new Promise((resolve) => (door === undefined ? resolve(undefined) : door.close(resolve)))
  const started = await server?.catch(() => undefined)
  await started?.stop()
  await rm(folder, { recursive: true, force: true })
}

interface Started {
  readonly answer: TestServer
  stop(): Promise<void>
}

async function startServer(): Promise<Started> {
  const prefix = `sluis_test_${randomBytes(4).toString('hex')}_`
  const template = `${prefix}template`
  const given = process.env['DATABASE_URL']
  const embedded = given
    ? undefined
    : await startEmbedded({ dataFolder: folder, say: () => undefined, testOnlyNoFsync: true, endsWithUs: true })
  const url = given ?? embedded?.url ?? ''
  await run(url, `create database ${template}`)
  await migrate(withDatabase(url, template))
  return {
    answer: { url, template, prefix, strategy: embedded === undefined ? 'wal_log' : 'file_copy' },
    stop: async () => {
      // The embedded server goes with its folder; on a server that stays, what a failed test left behind is dropped.
      if (embedded !== undefined) await embedded.stop()
      else await dropAll(url, prefix)
    },
  }
}

const memory = '/dev/shm'

/** A database has over a thousand files: copying them in memory takes 30 ms, on a disk 20 times as long. */
async function roomyMemory(): Promise<string> {
  const found = await statfs(memory).catch(() => undefined)
  const free = found === undefined ? 0 : found.bavail * found.bsize
  return free > 4 * 1024 ** 3 ? memory : tmpdir()
}

/** The address of another database on the same server. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.toString()
}

async function run(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

async function dropAll(url: string, prefix: string): Promise<void> {
  const rows = await run(url, `select datname from pg_database where starts_with(datname, '${prefix}')`)
  for (const row of rows) await run(url, `drop database if exists ${String(row['datname'])} with (force)`)
}

/** A run that was killed leaves its folder and its PostgreSQL; the process number in the name tells that nobody uses it. */
async function removeLeftovers(): Promise<void> {
  for (const parent of [memory, tmpdir()]) {
    for (const name of await readdir(parent).catch(() => [])) {
      const owner = Number(/^sluis-tests-(\d+)-\w+$/.exec(name)?.[1] ?? 0)
      if (owner !== 0 && !isAlive(owner)) await removeLeftover(join(parent, name))
    }
  }
}

async function removeLeftover(left: string): Promise<void> {
  const cluster = join(left, 'postgres', 'cluster')
  const pid = Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
  if (pid > 0 && isAlive(pid) && workingFolderOf(pid) === cluster) {
    process.kill(pid, 'SIGQUIT')
    while (isAlive(pid)) await sleep(20)
  }
  // Another user's leftovers are left to that user.
  await rm(left, { recursive: true, force: true }).catch(() => undefined)
}
