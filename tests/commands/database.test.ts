import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startHub } from '../../src/main.ts'
import { createTestDatabase } from '../support/database.ts'
import { sluis, temporaryFolder } from './support.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await folder.remove()
})

test('a schema goes down only when that is meant, is missed by other commands, and comes up again', async () => {
  const database = await createTestDatabase()
  vi.stubEnv('DATABASE_URL', database.url)
  expect(await sluis(['migrate', '--status'])).toMatchObject({ code: 0 })
  expect(await sluis(['migrate', '--down', '0'])).toMatchObject({ code: 2, out: '' })
  expect((await sluis(['migrate', '--down', '0', '--yes'])).out).toMatch(/^Took back .*0001_foundation/)
  expect(await sluis(['migrate', '--status'])).toMatchObject({
    code: 1,
    out: expect.stringMatching(/to be run/) as string,
  })
  const missed = await sluis(['account'])
  expect(missed).toMatchObject({ code: 1, err: expect.stringMatching(/Run `sluis migrate` first/) as string })
  expect((await sluis(['doctor', '--data', folder.path])).out).toMatch(/^bad {3}schema: 0001_foundation/m)
  expect(await sluis(['migrate', '--json'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/"direction":"up"/) as string,
  })
  expect(await sluis(['account'])).toMatchObject({ code: 0, err: '' })
  await database.drop()
})

test('the embedded database is started for a command, and joined when a hub runs on it', async () => {
  vi.stubEnv('DATABASE_URL', undefined)
  const data = ['--data', folder.path]
  expect(await sluis(['migrate', ...data])).toMatchObject({ code: 0 })
  const config = readConfig({ port: 0, data: folder.path, neighbours: false }, { ...process.env, SLUIS_LOG: 'error' })
  const alone = await sluis(['doctor', ...data])
  expect(alone).toMatchObject({ code: 0, out: expect.stringMatching(/embedded, started for this command/) as string })
  const hub = await startHub(config, {}, () => undefined)
  try {
    await hub.ready
    const joined = await sluis(['doctor', ...data])
    expect(joined).toMatchObject({ code: 0, out: expect.stringMatching(/embedded, of a hub that runs/) as string })
    const sample = await sluis(['sample', 'vaccination'])
    // On a port of its own: the data folder tells where.
    expect(await sluis(['send', '-', ...data], sample.out)).toMatchObject({ code: 0 })
    expect(await sluis(['token', ...data])).toMatchObject({ code: 0 })
    // A node would not find its tables any more.
    const refused = await sluis(['migrate', '--down', '24', '--yes', ...data])
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/while nodes work on it/) as string })
    expect(await sluis(['migrate', '--status', ...data])).toMatchObject({ code: 0 })
  } finally {
    await hub.stop()
  }
  expect((await sluis(['account', ...data])).out).toContain('balance.')
  expect(await sluis(['migrate', '--down', '24', '--yes', ...data])).toMatchObject({ code: 0 })
})

test('a mistyped folder is made no hub by who only looks or goes back', async () => {
  vi.stubEnv('DATABASE_URL', undefined)
  const wrong = join(folder.path, 'mistyped')
  for (const how of [['--status'], ['--down', '0', '--yes']]) {
    const said = await sluis(['migrate', ...how, '--data', wrong])
    expect(said).toMatchObject({ code: 2, err: expect.stringContaining(`There is no hub in ${wrong}`) as string })
    expect(existsSync(wrong)).toBe(false)
  }
})

test('the doctor tells of a database that cannot be started as of any other fault', async () => {
  vi.stubEnv('DATABASE_URL', undefined)
  const old = await temporaryFolder()
  const cluster = join(old.path, 'postgres', 'cluster')
  mkdirSync(cluster, { recursive: true })
  writeFileSync(join(cluster, 'PG_VERSION'), '16\n')
  const doctor = async (): Promise<unknown> => {
    const said = await sluis(['doctor', '--data', old.path, '--language', 'en', '--json'])
    expect(said).toMatchObject({ code: 1, err: '' })
    return JSON.parse(said.out)
  }
  const saying = (words: string) => ({
    good: false,
    checks: expect.arrayContaining([
      expect.objectContaining({ what: 'database', state: 'bad', says: expect.stringContaining(words) as string }),
    ]) as unknown,
  })
  expect(await doctor()).toEqual(saying('its password file'))
  writeFileSync(join(old.path, 'postgres', 'password'), 'secret\n')
  expect(await doctor()).toEqual(saying('is of PostgreSQL 16'))
  await old.remove()
})
