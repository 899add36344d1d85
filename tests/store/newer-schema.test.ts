import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { openDatabase } from '../../src/hub/database.ts'
import { migrations } from '../../src/store/migrate.ts'
import { sluis, temporaryFolder } from '../commands/support.ts'
import { databaseOfFile } from '../support/database.ts'

const { db, url } = await databaseOfFile(1)
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
  vi.stubEnv('DATABASE_URL', url)
})
beforeEach(() => db.query({ text: 'delete from migration where number = 9999' }))
afterAll(async () => {
  vi.unstubAllEnvs()
  await folder.remove()
})

/** Starts on a database on which a newer version ran a migration; gives what it said. */
async function startAfter(breaking: boolean | null): Promise<string[]> {
  await db.query({
    text: `insert into migration (number, name, sha256, breaking) values (9999, '9999_of_tomorrow', '', $1)`,
    values: [breaking],
  })
  const said: string[] = []
  const config = { databaseUrl: url, dataFolder: folder.path, masterKey: Buffer.alloc(32) }
  const opened = await openDatabase(config, (line) => said.push(line))
  await opened.stop()
  return said
}

test.each([
  ['breaks older nodes', true],
  ['does not say whether it breaks older nodes', null],
])('a node does not start on a schema with a newer migration that %s', async (_, breaking) => {
  const params = { migrations: '9999_of_tomorrow' }
  await expect(startAfter(breaking)).rejects.toMatchObject({ code: 'schema-newer', params })
  const said = await sluis(['migrate', '--data', folder.path])
  expect(said).toMatchObject({ code: 1, err: expect.stringContaining('9999_of_tomorrow') as string })
})

test('with a newer migration that breaks nothing it starts, and says so in one line', async () => {
  expect(await startAfter(false)).toEqual([
    'the database is of a newer version (9999_of_tomorrow), which this one can work with',
  ])
})

test('commands work with a newer migration that breaks nothing, and say so; with another they do not', async () => {
  await startAfter(false)
  const words = 'the database is of a newer version (9999_of_tomorrow), which this one can work with'
  expect(await sluis(['client', 'list'])).toMatchObject({ code: 0, err: `${words}\n` })
  const doctor = () => sluis(['doctor', '--data', folder.path])
  expect((await doctor()).out).toMatch(/^good {2}schema: .*; the database is of a newer version/m)
  for (const breaking of [true, null]) {
    await db.query({ text: 'update migration set breaking = $1 where number = 9999', values: [breaking] })
    const said = await sluis(['client', 'list'])
    expect(said).toMatchObject({ code: 1, err: expect.stringMatching(/Use that version of sluis/) as string })
    expect((await doctor()).out).toMatch(/^bad {3}schema: 9999_of_tomorrow/m)
  }
})

test('the database knows of every migration whether it breaks older nodes', async () => {
  const { rows } = await db.query({ text: 'select name, breaking from migration order by number' })
  expect(rows).toEqual(migrations().map(({ name, breaking }) => ({ name, breaking })))
  expect(rows).toContainEqual({ name: '0020_delivery_key', breaking: true })
  expect(rows).toContainEqual({ name: '0026_node_gone', breaking: false })
})
