import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { CareDeps } from '../../src/care/deps.ts'
import { enrol } from '../../src/care/enrol.ts'
import { readEnrolFile } from '../../src/care/enrol-file.ts'
import { keepOnce } from '../../src/care/keep.ts'
import { keepReport, moveToVersion } from '../../src/care/move.ts'
import { tryDefinition } from '../../src/care/try.ts'
import { dataFolder } from '../../src/kernel/package-root.ts'
import type { MonitorDefinition } from '../../src/monitors/definition.ts'
import { readMonitor } from '../../src/monitors/load.ts'
import { sluis, temporaryFolder } from '../commands/support.ts'
import { careKey, makeCareWorld, patientOne, type CareWorld } from './world.ts'

const shipped = readFileSync(join(dataFolder, 'monitors/diabetes-cvrm/1.0.0/monitor.yaml'), 'utf8')
const other = '85073003328'

function changed(change: (text: string) => string): MonitorDefinition {
  const text = change(shipped.replace('version: 1.0.0', 'version: 1.1.0'))
  const read = readMonitor(text)
  if (read.state === 'refused') throw new Error(JSON.stringify(read.faults))
  return read.definition
}

/** HbA1c of one patient is 50, of the other 90. */
async function twoPatients(): Promise<CareWorld> {
  const world = await makeCareWorld()
  await world.enrol()
  await world.enrol({ identifier: other })
  await world.send({ value: '50' }, { value: '90', patient: other, order: 'O2' })
  await world.keep()
  return world
}

const tables = ['item_state', 'dirty', 'transition', 'enrolment']
const stored = async (world: CareWorld): Promise<unknown[]> =>
  Promise.all(tables.map((table) => world.query(`select t::text from ${table} t order by 1`)))

test('another version says what it would change, by practice and item, and writes nothing', async () => {
  const world = await twoPatients()
  const before = await stored(world)
  const now = new Date()
  const same = await tryDefinition(
    world.deps,
    world.db,
    changed((text) => text),
    null,
    now,
  )
  const items = same.unchanged / 2
  expect(same).toEqual({
    monitor: 'diabetes-cvrm',
    version: '1.1.0',
    enrolments: 2,
    unknown: 0,
    unchanged: 2 * items,
    changes: [],
  })
  const strict = changed((text) => text.replaceAll('atMost: 53', 'atMost: 48'))
  const told: number[] = []
  const tried = await tryDefinition(world.deps, world.db, strict, null, now, (done) => told.push(done))
  expect(tried.changes).toEqual([
    { practice: 'praktijk-noord', item: 'hba1c', from: 'green', to: 'red-out-of-target', count: 1 },
  ])
  expect(tried.unchanged).toBe(2 * items - 1)
  expect(told).toEqual([2])
  expect(await tryDefinition(world.deps, world.db, strict, 'elsewhere', now)).toMatchObject({ enrolments: 0 })
  expect(await stored(world)).toEqual(before)
})

test('what is tried is what moving to that version then does', async () => {
  const world = await twoPatients()
  const strict = changed((text) => text.replaceAll('atMost: 53', 'atMost: 48'))
  const tried = await tryDefinition(world.deps, world.db, strict, null, new Date())
  const { changes } = tried
  const report = await keepReport(world.db, strict, null, tried, 'test')
  const states = (): Promise<{ item: string; state: string; patient: string }[]> =>
    world.query(`select encode(patient, 'hex') as patient, item, state from item_state order by 1, 2`)
  const before = await states()
  const deps = { ...world.deps, definitions: [...world.deps.definitions, strict] }
  const move = { monitor: strict.name, version: strict.version, practice: null, actor: 'test', why: 'a test' }
  expect(await moveToVersion(deps, world.db, move, new Date())).toEqual({ moved: 2, report })
  while ((await keepOnce(deps, world.db, () => new Date())).evaluated > 0);
  const after = await states()
  const moved = after.flatMap(({ item, state }, at) => {
    const from = before[at]!.state
    return from === state ? [] : [{ practice: 'praktijk-noord', item, from, to: state, count: 1 }]
  })
  expect(moved).toEqual(changes)
})

test('a move stands on a report that holds and on a second person where much would change; the way back on neither', async () => {
  const world = await twoPatients()
  const strict = changed((text) => text.replaceAll('atMost: 53', 'atMost: 48'))
  const deps = { ...world.deps, definitions: [...world.deps.definitions, strict] }
  const tried = await tryDefinition(world.deps, world.db, strict, null, new Date())
  const wish = { monitor: strict.name, version: '1.1.0', practice: null, actor: 'lea', why: 'stricter' }
  const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000)
  const move = (more: object, now = new Date()): Promise<unknown> =>
    moveToVersion(deps, world.db, { ...wish, ...more }, now).catch((error: { code: string }) => error.code)
  const kept = (change: object, of = strict): Promise<number> =>
    keepReport(world.db, of, null, { ...tried, ...change }, 'lea')

  expect(await move({})).toBe('monitor-report-missing')
  // Of what another text judges.
  await kept(
    {},
    changed((text) => text.replaceAll('atMost: 53', 'atMost: 40')),
  )
  expect(await move({})).toBe('monitor-report-missing')
  await kept({ enrolments: 4 })
  expect(await move({})).toBe('monitor-report-stale')
  await kept({ changes: [{ practice: 'praktijk-noord', item: 'hba1c', from: 'green', to: 'unknown', count: 20 }] })
  expect(await move({})).toBe('monitor-changes-many')
  for (const confirmedBy of ['lea', 'command:Lea', ' '])
    expect(await move({ confirmedBy })).toBe('monitor-second-person')
  const report = await kept({})
  expect(await move({}, inDays(8))).toBe('monitor-report-stale')
  expect(await move({})).toEqual({ moved: 2, report })
  // Back without a report, by one row; and there again only on a new one.
  expect(await move({ version: '1.0.0', why: 'too strict' })).toEqual({ moved: 2, report: null })
  expect(await move({ version: '1.1.0', practice: 'praktijk-noord' })).toEqual({ moved: 2, report: null })
  expect(await move({ version: '1.0.0' })).toBe('monitor-report-missing')
  const rows = await world.query(
    `select version, practice, from_versions as "from", moved, actor, why from monitor_move order by id`,
  )
  expect(rows).toEqual([
    { version: '1.1.0', practice: null, from: ['1.0.0'], moved: 2, actor: 'lea', why: 'stricter' },
    { version: '1.0.0', practice: null, from: ['1.1.0'], moved: 2, actor: 'lea', why: 'too strict' },
    { version: '1.1.0', practice: 'praktijk-noord', from: ['1.0.0'], moved: 2, actor: 'lea', why: 'stricter' },
  ])
})

/** Two patients of one practice and one of another, on the version that is there; and a stricter one to move to. */
async function twoPractices() {
  const world = await twoPatients()
  const strict = changed((text) => text.replaceAll('atMost: 53', 'atMost: 48'))
  const deps: CareDeps = { ...world.deps, definitions: [...world.deps.definitions, strict] }
  const put = async (practice: string, identifier: string, of = deps): Promise<unknown> => {
    const one = { identifier, name: 'A. Peeters', monitor: strict.name, from: '2015-01-01', birthDate: '1970-01-01' }
    return enrol(of, world.db, readEnrolFile(JSON.stringify({ practice, patients: [one] })), 'test')
  }
  await put('praktijk-zuid', '90020199704', world.deps)
  const tried = await tryDefinition(world.deps, world.db, strict, null, new Date())
  const kept = (more: object = {}): Promise<number> =>
    keepReport(world.db, strict, null, { ...tried, changes: [], ...more }, 'lea')
  const move = (version: string, practice: string | null = null): Promise<unknown> =>
    moveToVersion(
      deps,
      world.db,
      { monitor: strict.name, version, practice, actor: 'lea', why: 'test' },
      new Date(),
    ).catch((error: { code: string }) => error.code)
  return { put, kept, move }
}

test('one practice moved on a report of all is held against its own items, not against those of everybody', async () => {
  const { kept, move } = await twoPractices()
  const many = { practice: 'praktijk-zuid', item: 'hba1c', from: 'green', to: 'unknown', count: 20 }
  await kept({ changes: [many], unchanged: 10_000 })
  expect(await move('1.1.0', 'praktijk-zuid')).toBe('monitor-changes-many')
  expect(await move('1.1.0', 'praktijk-noord')).toMatchObject({ moved: 2 })
})

test('the way back takes nobody along who was moved on another day or enrolled since', async () => {
  const { put, kept, move } = await twoPractices()
  await kept()
  expect(await move('1.1.0', 'praktijk-noord')).toMatchObject({ moved: 2 })
  await kept()
  expect(await move('1.1.0')).toMatchObject({ moved: 1 })
  expect(await move('1.0.0')).toBe('monitor-report-missing')
  expect(await move('1.0.0', 'praktijk-noord')).toBe('monitor-report-missing')
  expect(await move('1.0.0', 'praktijk-zuid')).toEqual({ moved: 1, report: null })

  await kept()
  expect(await move('1.1.0')).toMatchObject({ moved: 1 })
  // Something else is said of the one who was moved.
  await put('praktijk-zuid', '90020199704')
  expect(await move('1.0.0', 'praktijk-zuid')).toBe('monitor-report-missing')
})

test('the way back of all goes though something else was said of one of them, and not when somebody was enrolled since', async () => {
  const { put, kept, move } = await twoPractices()
  await kept()
  expect(await move('1.1.0')).toMatchObject({ moved: 3 })
  await put('praktijk-zuid', '90020199704')
  expect(await move('1.0.0')).toEqual({ moved: 3, report: null })
  await kept()
  expect(await move('1.1.0')).toMatchObject({ moved: 3 })
  await put('praktijk-zuid', '72020290081')
  expect(await move('1.0.0')).toBe('monitor-report-missing')
})

test('an item that a version did not have comes back with what was said of the patient meanwhile', async () => {
  const world = await twoPatients()
  const without = changed((text) => text.replace(/ {2}- id: weight\n(?: {4}.*\n)+/, ''))
  const deps: CareDeps = { ...world.deps, definitions: [...world.deps.definitions, without] }
  await keepReport(world.db, without, null, await tryDefinition(deps, world.db, without, null, new Date()), 'lea')
  const move = async (version: string): Promise<unknown> =>
    moveToVersion(
      deps,
      world.db,
      { monitor: without.name, version, practice: null, actor: 'lea', why: 'test' },
      new Date(),
    )
  const keep = async (): Promise<void> => {
    while ((await keepOnce(deps, world.db, () => new Date())).evaluated > 0);
  }
  expect(await world.shown('weight')).toMatchObject({ state: 'unknown' })
  expect(await move('1.1.0')).toMatchObject({ moved: 2 })
  await keep()
  const one = { identifier: patientOne, monitor: without.name, from: '2015-01-01', birthDate: '1970-01-01' }
  const exemptions = [{ item: 'weight', reason: 'care-refused', from: '2020-01-01' }]
  const file = JSON.stringify({ practice: 'praktijk-noord', patients: [{ ...one, exemptions }] })
  await enrol(deps, world.db, readEnrolFile(file), 'test')
  await keep()
  expect(await move('1.0.0')).toEqual({ moved: 2, report: null })
  expect(await world.shown('weight')).toMatchObject({ state: 'not-applicable' })
  await keep()
  expect(await world.shown('weight')).toMatchObject({ state: 'not-applicable' })
  expect(await world.query('select state from item_state where item = $1 order by 1', ['weight'])).toEqual([
    { state: 'not-applicable' },
    { state: 'unknown' },
  ])
})

test('the command reads a definition with all its faults, and prints what would change', async () => {
  const world = await twoPatients()
  const folder = await temporaryFolder()
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await folder.remove()
  })
  vi.stubEnv('DATABASE_URL', world.url)
  vi.stubEnv('SLUIS_MASTER_KEY', careKey.toString('base64'))
  const file = join(folder.path, 'monitor.yaml')
  const text = shipped.replace('version: 1.0.0', 'version: 1.1.0').replaceAll('atMost: 53', 'atMost: 48')
  await writeFile(file, text)
  const { code, out } = await sluis(['monitor', 'try', file])
  expect(code).toBe(0)
  expect(out).toMatch(
    /^diabetes-cvrm 1\.1\.0 tried on 2 enrolments\. Items that would change: 1, that would not: \d+\.$/m,
  )
  expect(out).toMatch(/^praktijk-noord +hba1c +green +red-out-of-target +1$/m)
  expect(out).toMatch(/^Nothing was changed\. This is report 1\.$/m)
  const shippedOne = await sluis(['monitor', 'try', 'diabetes-cvrm', '1.0.0', '--json'])
  expect(JSON.parse(shippedOne.out)).toMatchObject({ enrolments: 2, changes: [] })
  await writeFile(file, text.replaceAll('loinc:59261-8', 'loinc:59261-9').replace('reducer: latest', 'reducer: best'))
  const refused = await sluis(['monitor', 'try', file])
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toContain('/items/')
  expect(await sluis(['monitor', 'try'])).toMatchObject({ code: 2 })
})

test('a file that names no version leaves who is enrolled on theirs, and gives a new patient that of the practice', async () => {
  const world = await twoPatients()
  const newer = changed((text) => text)
  const deps: CareDeps = { ...world.deps, definitions: [...world.deps.definitions, newer] }
  const enrolled = async (practice: string, identifiers: readonly string[], more = {}): Promise<void> => {
    const patients = identifiers.map((identifier) => ({ identifier, monitor: newer.name, from: '2015-01-01', ...more }))
    await enrol(deps, world.db, readEnrolFile(JSON.stringify({ practice, patients })), 'test')
  }
  const versions = async (): Promise<unknown[]> =>
    (
      await world.query<{ line: string }>(
        `select practice || ' ' || version || ' ' || count(*) as line from enrolment group by practice, version order by 1`,
      )
    ).map(({ line }) => line)
  await enrolled('praktijk-noord', [patientOne, other, 'local:x:1'])
  expect(await versions()).toEqual(['praktijk-noord 1.0.0 3'])
  expect(await world.keep()).toBe(45)
  await enrolled('praktijk-zuid', ['local:x:2'])
  await enrolled('praktijk-noord', [other], { version: '1.1.0' })
  const both = ['praktijk-noord 1.0.0 2', 'praktijk-noord 1.1.0 1', 'praktijk-zuid 1.1.0 1']
  expect(await versions()).toEqual(both)
  await enrolled('praktijk-noord', [patientOne, other])
  expect(await versions()).toEqual(both)
  await expect(enrolled('praktijk-noord', [other], { version: '9.9.9' })).rejects.toMatchObject({
    code: 'monitor-unknown',
  })
  await expect(enrolled('praktijk-noord', [other], { version: null })).rejects.toMatchObject({
    code: 'enrolment-unreadable',
    params: { place: '/patients/0/version' },
  })
})
