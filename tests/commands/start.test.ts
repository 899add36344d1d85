import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { askToken } from '../../src/access/ask-token.ts'
import { clientFileOf, readClientFile } from '../../src/access/development-client.ts'
import { notedHubUrl } from '../../src/access/hub-note.ts'
import { startNeighbours } from '../../src/commands/neighbours.ts'
import { readConfig } from '../../src/config.ts'
import { SluisError } from '../../src/kernel/errors.ts'
import { startHub } from '../../src/main.ts'
import { lockDataFolder } from '../../src/store/embedded/lock.ts'
import { processesOf, sluis, temporaryFolder } from './support.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await folder.remove()
})

const start = (...args: readonly string[]) => sluis(['start', '--data', folder.path, '--mllp-port', '0', ...args])

/** Commands that take the name of a deed. */
const many = ['client', 'consent', 'monitor', 'pack', 'drill', 'certificate', 'node', 'retention'] as const

test('wrong use is told in a sentence and ends with 2', { timeout: 120_000 }, async () => {
  for (const args of [['--bogus'], ['--port', 'abc'], ['--port', '70000'], ['--roles', 'king'], ['twice']]) {
    const said = await start(...args)
    expect({ args, code: said.code, stack: said.err.includes('    at ') }).toEqual({ args, code: 2, stack: false })
    expect(said.err).toContain('sluis start')
  }
})

test('a word that is no command, nor a deed of one, is wrong use, also when every object has it', async () => {
  for (const args of [['constructor'], ['toString'], ...many.map((name) => [name, 'constructor'])]) {
    expect({ args, code: (await sluis(args)).code }).toEqual({ args, code: 2 })
  }
  expect(await sluis(['sample', 'oru', '--seed', 'abc'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^--seed takes a whole number/) as string,
  })
})

test('the version is told', async () => {
  expect(await sluis(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^sluis \d+\.\d+\.\d+ /) })
})

test('a port that is taken is told in a sentence, and nothing is left behind', { timeout: 120_000 }, async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const port = String((other.address() as AddressInfo).port)
  for (const args of [
    ['--port', port],
    ['--port', '0', '--mllp-port', port],
  ]) {
    const said = await start(...args, '--no-neighbours')
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining(`Port ${port} is not free`) })
  }
  await new Promise((resolve) => other.close(resolve))
  // Given back: the same folder can be taken at once.
  await (await lockDataFolder(join(folder.path, 'spool'))).release()
})

test('a destination that cannot be read ends the start, and nothing is left behind', async () => {
  const unreadable = new SluisError('destination-unreadable', { file: 'sciensano.yaml', reason: 'broken' })
  const around = {
    urls: {
      get sciensano(): string {
        throw unreadable
      },
    },
  }
  const config = readConfig({ port: 0, mllpPort: 0, data: folder.path }, {})
  await expect(startHub(config, around, () => undefined)).rejects.toBe(unreadable)
  await (await lockDataFolder(join(folder.path, 'spool'))).release()
})

test('a host that this machine does not have is told in a sentence', { timeout: 120_000 }, async () => {
  for (const host of ['nowhere.invalid', '192.0.2.1']) {
    vi.stubEnv('SLUIS_HOST', host)
    const said = await start('--port', '0', '--no-neighbours')
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining(`no address ${host} to listen on`) as string })
  }
})

test.each([
  ['::1', '[::1]'],
  ['::', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
])('a hub that listens on %s is told of, and reached, as %s', { timeout: 120_000 }, async (host, told) => {
  vi.stubEnv('SLUIS_HOST', host)
  const config = readConfig({ port: 0, mllpPort: 0, data: folder.path }, { ...process.env, SLUIS_LOG: 'error' })
  const hub = await startHub(config, {}, () => undefined)
  try {
    await hub.ready
    expect(hub.url).toBe(`http://${told}:${hub.port}`)
    expect((await fetch(`${hub.url}/readyz`)).status).toBe(200)
    expect(await notedHubUrl(folder.path)).toBe(hub.url)
    // As simulators do: what they sign names the address they were told.
    const client = await readClientFile(clientFileOf(folder.path))
    expect(await askToken(hub.url, client!)).toMatchObject({ state: 'given' })
  } finally {
    await hub.stop()
  }
})

test('a start beside a living hub ends with 1, and its simulators with it', { timeout: 120_000 }, async () => {
  const living = await lockDataFolder(join(folder.path, 'spool'))
  const said = await start('--port', '0')
  // The folder that was said, not one inside it.
  const named = expect.stringContaining(`working with the data folder ${folder.path} since`) as string
  expect(said).toMatchObject({ code: 1, err: named })
  expect(said.err).toContain('data-folder-in-use')
  expect(processesOf(folder.path)).toEqual([])
  await living.release()
})

test('simulators of a folder are started once', { timeout: 120_000 }, async () => {
  const data = join(folder.path, 'neighbours')
  const first = await startNeighbours({ hubs: [], data, only: ['sciensano'], say: () => undefined })
  const said = await start('--port', '0')
  expect(said).toMatchObject({ code: 1, err: expect.stringContaining('data-folder-in-use') })
  expect(said.err).toContain(`working with the data folder ${folder.path} since`)
  await first.stop()
  await (await lockDataFolder(data)).release()
})
