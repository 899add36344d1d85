import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { connect } from '../../src/store/connect.ts'
import { startEmbedded } from '../../src/store/embedded/start.ts'
import { migrate } from '../../src/store/migrate.ts'
import { processesOf, temporaryFolder } from './support.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterEach(() => {
  // What a test that failed left running.
  for (const { pid } of processesOf(folder.path)) process.kill(pid, 'SIGKILL')
})
afterAll(() => folder.remove())

function begin(...args: readonly string[]) {
  const child = spawn(process.execPath, ['bin/sluis.js', ...args, '--data', folder.path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SLUIS_DRAIN_MS: '500' },
  })
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said.text += part.toString()))
  return { child, said }
}

async function startedHub() {
  const { child, said } = begin('start', '--port', '0', '--mllp-port', '0', '--no-neighbours')
  await vi.waitFor(() => expect(said.text).toContain('sluis is ready'), { timeout: 150_000 })
  expect(processesOf(folder.path).length).toBeGreaterThan(1)
  return child
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

test.each(signals)('%s, which often comes twice, stops a hub in order', { timeout: 200_000 }, async (signal) => {
  const child = await startedHub()
  const gone = once(child, 'exit')
  child.kill(signal)
  await wait(5)
  child.kill(signal)
  expect(await gone).toEqual([0, null])
  expect(processesOf(folder.path)).toEqual([])
})

test('so does a hub that nobody reads any more, as one whose tee is gone', { timeout: 200_000 }, async () => {
  const child = await startedHub()
  const gone = once(child, 'exit')
  child.stdout.destroy()
  child.stderr.destroy()
  await wait(100)
  child.kill('SIGTERM')
  expect(await gone).toEqual([0, null])
  expect(processesOf(folder.path)).toEqual([])
})

test('a command that nobody reads ends in order, with its own exit code', { timeout: 200_000 }, async () => {
  const { child } = begin('migrate')
  child.stdout.destroy()
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(processesOf(folder.path)).toEqual([])
  const later = begin('client', 'end', 'nobody')
  later.child.stdout.destroy()
  later.child.stderr.destroy()
  expect(await once(later.child, 'exit')).toEqual([1, null])
  expect(processesOf(folder.path)).toEqual([])
})

test('a command that is broken off takes the database along that it started', { timeout: 200_000 }, async () => {
  const made = await startEmbedded({ dataFolder: folder.path, say: () => undefined })
  await migrate(made.url)
  // Whatever asks for the schema waits.
  const owner = connect({ url: made.url, connections: 1 })
  await owner.query({ text: 'alter table migration rename to migration_kept' })
  await owner.query({ text: 'create view migration as select k.* from migration_kept k, pg_sleep(600)' })
  await owner.close()
  await made.stop()
  const { child } = begin('client', 'list')
  const db = connect({ url: made.url, connections: 1 })
  const asks = `select from pg_stat_activity where application_name = 'sluis command' and query ~ 'from migration'`
  const waits = async (): Promise<number> => (await db.query({ text: asks }).catch(() => ({ rows: [] }))).rows.length
  await vi.waitFor(async () => expect(await waits()).toBe(1), { timeout: 60_000 })
  await db.close()
  const gone = once(child, 'exit')
  child.kill('SIGINT')
  expect(await gone).toEqual([null, 'SIGINT'])
  await vi.waitFor(() => expect(processesOf(folder.path)).toEqual([]), { timeout: 60_000 })
})

test('a command that would write on and on ends when nobody reads', { timeout: 200_000 }, async () => {
  const child = spawn(process.execPath, ['bin/sluis.js', 'sample', 'oru', '--count', '1000000000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  expect(await once(child, 'exit')).toEqual([0, null])
})
