import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { impactLines } from '../../src/store/impact-figures.ts'
import { dataFolder } from '../../src/kernel/package-root.ts'
import { reports } from '../../src/store/impact.ts'
import type { Pack } from '../../src/rules/pack.ts'
import { jsonLines, sluis, temporaryFolder, until } from '../commands/support.ts'
import { makePackWorld, testPack, type PackWorld } from './world.ts'

const good = testPack('1.0.0', [{ id: 'kind-known', expr: 'formKind.exists()' }])
const bad = testPack('1.1.0', [{ id: 'source-misjudged', expr: "%source != 'lab-b'" }])

const environment = ['DATABASE_URL', 'SLUIS_MASTER_KEY'] as const
const had = environment.map((name) => process.env[name])
afterEach(() =>
  environment.forEach((name, at) => (had[at] === undefined ? delete process.env[name] : (process.env[name] = had[at]))),
)

function use(world: PackWorld): Record<(typeof environment)[number], string> {
  const values = { DATABASE_URL: world.url, SLUIS_MASTER_KEY: Buffer.alloc(32, 9).toString('base64') }
  Object.assign(process.env, values)
  return values
}

/** The pack as a folder, with a case that fails and one that passes. */
async function folderOf(pack: Pack, place: string): Promise<string> {
  const folder = join(place, pack.version)
  await mkdir(folder)
  const rule = pack.rules[0]!.id
  const cases = [
    { name: 'of B', rule, context: { source: 'lab-b' }, gives: 'withhold' },
    { name: 'of A', rule, context: { source: 'lab-a' }, gives: 'pass' },
  ]
  await writeFile(join(folder, 'pack.yaml'), pack.source.pack)
  await writeFile(join(folder, 'cases.yaml'), JSON.stringify({ record: { formKind: 'rapid-test' }, cases }))
  await writeFile(join(folder, 'NOTES.md'), 'For a test.\n')
  return folder
}

test('pack check says of a rule on the stream of a source that it judges nothing yet', async () => {
  const folder = join(dataFolder, 'packs', 'lab-quality', '1.0.0')
  const told = await sluis(['pack', 'check', folder])
  expect(told).toMatchObject({
    code: 0,
    out: expect.stringContaining('source-rhythm is declared and judges nothing yet'),
  })
  const [json] = jsonLines(await sluis(['pack', 'check', folder, '--json']))
  expect(json).toMatchObject({ declared: ['source-rhythm'] })
})

test('a version goes from a folder to active and back by commands alone', async () => {
  const world = await makePackWorld()
  const place = await temporaryFolder()
  try {
    await world.set(good, 'active')
    await world.send(1, 12)
    await world.send(2, 8)
    const folder = await folderOf(bad, place.path)
    use(world)
    expect(await sluis(['pack', 'check', folder])).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 of 2 cases'),
    })
    const tried = await sluis(['pack', 'try', folder, '--by', 'lea'])
    expect(tried.out).toContain('Laboratory B')
    expect(tried.out).toContain('source-misjudged')
    expect(tried.out).toContain('Certificates that would not be made: ')
    expect(tried.out).toContain('Monitors that would change: none.')
    expect(tried.out).toContain(
      'Cannot be undone: 0 already acknowledged by a destination, 0 certificates already made.',
    )
    expect(tried.out).toContain('A second person is wanted')
    expect(tried.code).toBe(1)
    const name = ['test-quality', '1.1.0', '--reason', 'stricter', '--by', 'lea']
    expect((await sluis(['pack', 'shadow', ...name])).code).toBe(0)
    const refused = await sluis(['pack', 'activate', ...name])
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('pack-concentrated') })
    expect((await sluis(['pack', 'activate', ...name, '--confirmed-by', 'jan'])).code).toBe(0)
    expect(await world.count('select count(distinct record) as n from withheld')).toBe(8)
    expect(jsonLines(await sluis(['pack', '--json']))[0]).toMatchObject([
      { pack: 'test-quality', versions: [{ stands: 'former' }, { stands: 'active' }] },
    ])
    const undone = await sluis(['pack', 'revert', 'test-quality', '--reason', 'misjudges B'])
    expect(undone).toMatchObject({ code: 0, out: expect.stringContaining('The proof holds.') })
    expect(undone.out).toMatch(/^before +Laboratory B /m)
    expect(await world.count('select count(*) as n from withheld')).toBe(0)
    expect((await sluis(['pack', 'revert', 'test-quality', '--reason', 'again'])).err).toContain('pack-not-active')
  } finally {
    await place.remove()
  }
})

test('a pack with broken YAML, or with a case that differs, says so with its line', async () => {
  const place = await temporaryFolder()
  try {
    const folder = await folderOf(testPack('2.0.0', [{ id: 'source-misjudged', expr: 'true' }]), place.path)
    expect(await sluis(['pack', 'check', folder])).toMatchObject({
      code: 1,
      out: expect.stringContaining('should give withhold'),
    })
    await writeFile(join(folder, 'pack.yaml'), 'name: x\n  version: [')
    const said = await sluis(['pack', 'check', folder])
    expect(said).toMatchObject({ code: 1, out: expect.stringContaining('(pack-not-yaml)') })
  } finally {
    await place.remove()
  }
})

test('a trial whose process is killed goes on where it was, and counts every record once', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.send(2, 2_500)
  await world.install(bad)
  const child = spawn(process.execPath, ['src/cli.ts', 'pack', 'try', 'test-quality', '1.1.0'], {
    env: { ...process.env, ...use(world) },
    stdio: 'ignore',
  })
  const started = await until(
    () => reports(world.db),
    ([report]) => (report?.seen ?? 0) > 0,
  )
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  const [left] = await reports(world.db)
  expect([left?.state, started.length]).toEqual(['running', 1])
  expect((await sluis(['pack', 'try', '--resume', String(left?.id)])).code).toBe(1)
  const [done] = await reports(world.db)
  expect(done).toMatchObject({ id: left?.id, state: 'done', seen: 2_500, total: 2_500 })
  const total = (await impactLines(world.db, done!.id)).find((line) => line.rule === '')
  expect(total).toMatchObject({ records: 2_500, newlyWithheld: 2_500 })
})

test('the time of regular checks is set, told and taken away, with who and why', async () => {
  const world = await makePackWorld()
  use(world)
  const daily = ['pack', 'schedule', 'test-quality']
  expect(await sluis([...daily, '25:00', '--reason', 'night'])).toMatchObject({ code: 2 })
  expect(await sluis([...daily, '02:30'])).toMatchObject({ code: 2 })
  expect(await sluis([...daily, '02:30', '--reason', 'night', '--by', 'lea'])).toMatchObject({ code: 0 })
  const told = await sluis(['pack', 'schedule', '--json'])
  expect(jsonLines(told)).toEqual([[{ pack: 'test-quality', at: '02:30', actor: 'lea', why: 'night' }]])
  expect(await sluis([...daily, '--off'])).toMatchObject({ code: 0, out: 'Nothing is checked again by itself.\n' })
  expect(await sluis([...daily, '--off'])).toMatchObject({ code: 1 })
})
