import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { askDatabase, connect } from '../../src/store/connect.ts'
import { isAlive } from '../../src/store/embedded/processes.ts'
import { startEmbedded, type EmbeddedDatabase } from '../../src/store/embedded/start.ts'
import { query, startChildHub, type ChildHub } from '../support/embedded-child.ts'

let folder = ''
const running: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-embedded-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const one of running.splice(0)) await one.stop()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function start(dataFolder: string, said: string[] = [], durable = false): Promise<EmbeddedDatabase> {
  const database = await startEmbedded({ dataFolder, say: (line) => said.push(line), testOnlyNoFsync: !durable })
  running.push(database)
  return database
}

function startChild(dataFolder: string, durable = false): ChildHub {
  const hub = startChildHub(dataFolder, { durable })
  running.push({ stop: () => hub.end('SIGTERM') })
  return hub
}

async function postmaster(dataFolder: string): Promise<number> {
  const lines = await readFile(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8')
  return Number(lines.split('\n')[0])
}

function home(): string {
  return join(folder, 'life')
}

describe('one data folder through its life', () => {
  test('the first start makes a durable database that only its password opens', async () => {
    const said: string[] = []
    const database = await start(home(), said, true)
    expect(said).toContain('making the database (once)')
    const wanted = {
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      wal_level: 'replica',
      listen_addresses: '',
      max_connections: '200',
      shared_buffers: '128MB',
      jit: 'off',
      server_encoding: 'UTF8',
      TimeZone: 'UTC',
      data_checksums: 'on',
    }
    const names = Object.keys(wanted)
    const rows = await query(database.url, `select ${names.map((n) => `current_setting('${n}') as "${n}"`).join(', ')}`)
    expect(rows[0]).toEqual(wanted)
    const [collation] = await query(
      database.url,
      'select datcollate from pg_database where datname = current_database()',
    )
    expect(collation).toEqual({ datcollate: 'C' })
    const stranger = database.url.replace(/:[^:@/]+@/, ':guess@')
    await expect(query(stranger, 'select 1')).rejects.toMatchObject({ code: '28P01' })
    await query(database.url, 'create table kept (x int)')
  })

  test('a stop leaves no process and no socket behind, and the next start finds the rows', async () => {
    const said: string[] = []
    const database = await start(home(), said)
    const pid = await postmaster(home())
    await query(database.url, 'insert into kept values (1)')
    await database.stop()
    await database.stop()
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(join(home(), 'postgres', '.s.PGSQL.5432'))).toBe(false)
    expect(said).toEqual([])
    expect(await query((await start(home())).url, 'select x from kept')).toEqual([{ x: 1 }])
  })

  test('a living hub on the folder is named and left in peace', async () => {
    const hub = startChild(home())
    const { url = '' } = await hub.outcome()
    const refusal = await start(home()).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'data-folder-in-use', params: { pid: hub.child.pid } })
    expect(await query(url, 'select x from kept')).toEqual([{ x: 1 }])
    await hub.end('SIGTERM')
    await start(home())
    await expect(start(home())).rejects.toMatchObject({ code: 'data-folder-in-use', params: { pid: process.pid } })
  })

  test('a hub killed alone leaves its PostgreSQL, which the next one adopts and stops', async () => {
    const hub = startChild(home())
    const { url = '' } = await hub.outcome()
    const pid = await postmaster(home())
    await hub.end('SIGKILL')
    expect(isAlive(pid)).toBe(true)
    await query(url, 'insert into kept values (2)')
    const database = await start(home())
    expect(database.adopted).toBe(true)
    expect(await query(database.url, 'select count(*)::int as n from kept')).toEqual([{ n: 2 }])
    await database.stop()
    expect(isAlive(pid)).toBe(false)
  })

  test('after a SIGKILL of hub and PostgreSQL every committed row is there', async () => {
    const hub = startChild(home(), true)
    const { url = '' } = await hub.outcome()
    const pid = await postmaster(home())
    await query(url, 'insert into kept select 3 from generate_series(1, 1000)')
    process.kill(pid, 'SIGKILL')
    await hub.end('SIGKILL')
    const database = await start(home())
    expect(database.adopted).toBe(false)
    expect(await query(database.url, 'select count(*)::int as n from kept where x = 3')).toEqual([{ n: 1000 }])
  })

  test('a PostgreSQL that dies alone is started again', async () => {
    const said: string[] = []
    const database = await start(home(), said)
    const pid = await postmaster(home())
    process.kill(pid, 'SIGKILL')
    while (!said.includes('the database runs again')) await sleep(50)
    expect(await postmaster(home())).not.toBe(pid)
    expect(await query(database.url, 'select count(*)::int as n from kept where x = 3')).toEqual([{ n: 1000 }])
  })

  test('a process number that is now another program’s stops nobody', async () => {
    const file = join(home(), 'postgres', 'cluster', 'postmaster.pid')
    await writeFile(file, `${process.ppid}\n${join(home(), 'postgres', 'cluster')}\n`)
    expect((await start(home())).adopted).toBe(false)
    expect(await postmaster(home())).not.toBe(process.ppid)
  })

  test('of hubs that start at the same time one wins', async () => {
    const hubs = [startChild(home()), startChild(home()), startChild(home())]
    const outcomes = await Promise.all(hubs.map((hub) => hub.outcome()))
    expect(outcomes.filter((line) => line.url !== undefined)).toHaveLength(1)
    expect(outcomes.filter((line) => line.code === 'data-folder-in-use')).toHaveLength(2)
  })

  test('what a statement carried is in no log', async () => {
    const { url } = await start(home())
    await query(url, `create table patient (name text primary key); insert into patient values ('Lieve Janssens')`)
    await expect(query(url, `insert into patient values ('Lieve Janssens')`)).rejects.toThrow(/duplicate/)
    await expect(query(url, `select 'Lieve Janssens'::int`)).rejects.toThrow(/Lieve/)
    const log = join(home(), 'postgres', 'log')
    const texts = await Promise.all((await readdir(log)).map((name) => readFile(join(log, name), 'utf8')))
    expect(texts.join('')).toContain('ready to accept connections')
    expect(texts.join('')).not.toContain('Lieve')
  })

  test('the folder may be moved, also to a path too long for a socket, with signs of any kind', async () => {
    const far = join(folder, `${'long '.repeat(20)}"été", 50%`)
    await rename(home(), far)
    const database = await start(far)
    expect(await query(database.url, 'select count(*)::int as n from kept where x = 3')).toEqual([{ n: 1000 }])
    await database.stop()
    await rename(far, home())
  })

  test('a missing password and another PostgreSQL’s data are told, not repaired', async () => {
    const password = join(home(), 'postgres', 'password')
    await rename(password, `${password}.away`)
    await expect(start(home())).rejects.toMatchObject({ code: 'database-password-missing' })
    await rename(`${password}.away`, password)
    const version = join(home(), 'postgres', 'cluster', 'PG_VERSION')
    const own = await readFile(version, 'utf8')
    await writeFile(version, '15\n')
    await expect(start(home())).rejects.toMatchObject({ code: 'database-version-differs', params: { found: '15' } })
    await writeFile(version, own)
    await start(home())
  })
})

test('a database half made when the hub was killed is made anew', async () => {
  const half = join(folder, 'half')
  const hub = startChild(half)
  const begun = async () => (await readdir(join(half, 'postgres')).catch(() => [])).find((n) => n.endsWith('.making'))
  while ((await begun()) === undefined) await sleep(10)
  await hub.end('SIGKILL')
  expect(existsSync(join(half, 'postgres', 'cluster'))).toBe(false)
  expect(await query((await start(half)).url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a PostgreSQL that ends with its drill ends when the drill is killed, and stops in order before that', async () => {
  const place = join(folder, 'drill')
  const killed = startChildHub(place, { endsWithUs: true })
  running.push({ stop: () => killed.end('SIGKILL') })
  await killed.outcome()
  const pid = await postmaster(place)
  await killed.end('SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 60_000 }).toBe(false)
  const next = startChildHub(place, { endsWithUs: true })
  running.push({ stop: () => next.end('SIGKILL') })
  expect(await next.outcome()).toMatchObject({ adopted: false })
  await next.end('SIGTERM')
  await expect(postmaster(place)).rejects.toThrow('ENOENT')
})

test('a folder that cannot be made is told with its reason', async () => {
  await writeFile(join(folder, 'a-file'), '')
  await expect(start(join(folder, 'a-file', 'data'))).rejects.toMatchObject({
    code: 'data-folder-unusable',
    params: { reason: 'ENOTDIR' },
  })
  await mkdir(join(folder, 'occupied'))
  await writeFile(join(folder, 'occupied', 'postgres'), '')
  await expect(start(join(folder, 'occupied'))).rejects.toMatchObject({ code: 'data-folder-unusable' })
})

test('what the shell says to PostgreSQL’s own programs does not reach the hub’s database', async () => {
  const meant = { PGSSLMODE: 'require', PGPORT: '5999', PGHOST: '127.0.0.1', PGUSER: 'somebody', PGDATABASE: 'theirs' }
  for (const [name, value] of Object.entries({ ...meant, PGOPTIONS: '-c nonsense=1' })) vi.stubEnv(name, value)
  const database = await start(join(folder, 'shell'))
  const pool = connect({ url: database.url, connections: 1 })
  await askDatabase(pool)
  await pool.close()
})
