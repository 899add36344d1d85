import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { askToken } from '../../src/access/ask-token.ts'
import { readClientFile } from '../../src/access/development-client.ts'
import { readConfig } from '../../src/config.ts'
import { startHub, type Hub } from '../../src/main.ts'
import { connect, type Database } from '../../src/store/connect.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { jsonLines, sluis, temporaryFolder, until } from './support.ts'

const role = `sluis_shut_${randomBytes(6).toString('hex')}`
const password = randomBytes(12).toString('hex')
let database: TestDatabase
let owner: Database
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let url: string
let hub: Hub | undefined

const run = (text: string) => owner.pool.query(text)

beforeAll(async () => {
  database = await createTestDatabase()
  owner = connect({ url: database.url, connections: 1 })
  folder = await temporaryFolder()
  await run(`create role ${role} login superuser password '${password}'`)
  const address = new URL(database.url)
  address.username = role
  address.password = password
  url = address.toString()
  vi.stubEnv('SLUIS_DATA', folder.path)
  vi.stubEnv('SLUIS_LOG', 'error')
  vi.stubEnv('SLUIS_DRAIN_MS', '0')
  vi.stubEnv('LANG', 'C')
})
afterAll(async () => {
  await hub?.stop()
  vi.unstubAllEnvs()
  await run(`drop owned by ${role} cascade`)
  await run(`drop role ${role}`)
  await owner.close()
  await database.drop()
  await folder.remove()
})

const elsewhere = (): string => {
  const address = new URL(url)
  address.pathname = '/nope'
  return address.toString()
}

test('a database that lets nobody in is told in a sentence by a start, by commands and by the doctor', async () => {
  vi.stubEnv('DATABASE_URL', elsewhere())
  const words = /The database \S+\/nope does not let this hub in: database "nope" does not exist\. Correct user/
  const start = ['start', '--port', '0', '--mllp-port', '0', '--no-neighbours']
  for (const command of [['backlog'], ['account'], ['migrate', '--status'], start]) {
    const said = await sluis(command)
    expect({ command, ...said }).toMatchObject({ code: 1, err: expect.stringMatching(words) as string })
    expect(said.err).not.toContain(password)
  }
  const doctor = await sluis(['doctor'])
  expect(doctor).toMatchObject({ code: 1, err: '' })
  expect(doctor.out).toMatch(/^bad {3}database: \S+\/nope does not let this hub in .*\n {6}Correct user, password/m)
  expect(doctor.out).toMatch(/checks? (is|are) bad\.\n$/)
})

test('a database that does not answer at the start is named, with the reason and without the password', async () => {
  const env = { ...process.env, DATABASE_URL: 'postgres://hub:secret@127.0.0.1:9/hub', SLUIS_PROBE_SECONDS: '0' }
  const said: string[] = []
  const waiting = await startHub(readConfig({ port: 0, mllpPort: 0 }, env), {}, (line) => void said.push(line))
  const lines = () => Promise.resolve(said.filter((line) => line.includes('does not answer')))
  await until(lines, (told) => told.length > 0)
  await waiting.stop()
  expect(await lines()).toEqual([
    'the database 127.0.0.1:9/hub does not answer yet (ECONNREFUSED); messages are kept on this node until it does',
  ])
})

test('a node whose password no longer counts keeps what it takes, and tells of it', async () => {
  vi.stubEnv('DATABASE_URL', url)
  const config = readConfig({ port: 0, mllpPort: 0, node: 'one' }, { ...process.env, SLUIS_PROBE_SECONDS: '0' })
  hub = await startHub(config, {}, () => undefined)
  await hub.ready
  vi.stubEnv('SLUIS_URL', hub.url)
  const files = ['client.json', 'other.json'].map((name) => join(folder.path, name))
  for (const out of files) {
    const client = ['client', 'register', '--name', `Apotheek ${out}`, '--kind', 'pharmacy', '--out', out]
    expect(await sluis(client)).toMatchObject({ code: 0 })
  }
  expect(await hub.parts.access.refresh()).toBe(true)
  const [own, other] = await Promise.all(files.map(tokenOf))
  vi.stubEnv('SLUIS_TOKEN', own)

  await run(`alter role ${role} nologin`)
  await run(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`)
  const sample = (await sluis(['sample', 'rapid-test'])).out
  const [sent] = jsonLines(await sluis(['send', '-', '--json'], sample))
  expect(sent).toMatchObject({ ok: true, status: 202, level: 'spooled' })
  const receipt = String(sent!['receipt'])
  const { messageId } = JSON.parse(sample) as { messageId: string }
  const known = {
    receipt,
    level: 'spooled',
    messageId,
    service: 'eforms',
    waitingFor: { what: 'database' },
    records: [],
  }

  expect(await told(receipt, own!)).toMatchObject({ status: 200, body: known })
  // To others it is as if it did not exist; that the database is away is no secret.
  expect((await told(receipt, other!)).status).toBe(404)
  expect(
    await told(
      receipt.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      own!,
    ),
  ).toMatchObject({ status: 503 })
  for (const name of [receipt, `${receipt}.1`, messageId]) {
    const line = await sluis(['trace', name, '--json'])
    expect(jsonLines(line)[0]).toMatchObject({ ...known, sender: `Apotheek ${files[0]}` })
    expect(line).toMatchObject({ code: 0, err: expect.stringMatching(/^The database does not answer/) as string })
  }
  expect((await sluis(['trace', receipt])).out).toMatch(/spooled on a node\n[^]*waits for the database/)
  expect((await sluis(['trace', receipt, '--url', hub.url])).out).toContain('waits for the database')
  expect(await sluis(['trace', 'no-such-thing'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/does not let this hub in/) as string,
  })

  await run(`alter role ${role} login`)
  const stored = () => told(receipt, own!)
  const after = await until(stored, ({ body }) => body['waitingFor'] === undefined && body['reading'] === 'read')
  expect(after.body).toMatchObject({ receipt, level: 'spooled', messageId })
})

async function tokenOf(file: string): Promise<string> {
  const client = await readClientFile(file)
  if (client === null) throw new Error(`no client in ${file}`)
  const outcome = await askToken(hub!.url, client)
  if (outcome.state !== 'given') throw new Error(JSON.stringify(outcome))
  return outcome.access_token
}

async function told(receipt: string, token: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${hub!.url}/messages/${receipt}`, { headers })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
