import { expect, test } from 'vitest'
import { beginReport, runReport } from '../../src/checking/dry-run.ts'
import { guardLook } from '../../src/checking/guard.ts'
import { promote, type Promotion } from '../../src/checking/promote.ts'
import { revertPack } from '../../src/checking/revert.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { impactLines } from '../../src/store/impact-figures.ts'
import { reports, setReportState } from '../../src/store/impact.ts'
import type { Pack } from '../../src/rules/pack.ts'
import { makePackWorld, testPack, type PackWorld } from './world.ts'

const good = testPack('1.0.0', [{ id: 'kind-known', expr: 'formKind.exists()' }])
const bad = testPack('1.1.0', [
  { id: 'kind-known', expr: 'formKind.exists()' },
  { id: 'source-misjudged', expr: "%source != 'lab-b'" },
])
const harmless = testPack('1.2.0', [
  { id: 'kind-known', expr: 'formKind.exists()' },
  { id: 'form-known', expr: 'form.exists()' },
])

async function tried(world: PackWorld, pack: Pack, worker = 'test'): Promise<number> {
  const id = await beginReport(world.db, { purpose: 'try', setting: await world.install(pack), pack, actor: 'lea' })
  expect(await runReport({ ...world, worker }, id)).toBe('done')
  return id
}

const step = (pack: Pack, mode: Promotion['mode'], more: Partial<Promotion> = {}): Promotion => ({
  pack: pack.name,
  version: pack.version,
  mode,
  actor: 'lea',
  why: 'better',
  ...more,
})

test('a report over history names the laboratory and the rule, and the version is refused until a second person confirms', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.send(1, 30)
  await world.send(2, 10)
  const id = await tried(world, bad)
  const [report] = await reports(world.db, { id })
  expect(report).toMatchObject({ state: 'done', total: 40, seen: 40, version: '1.1.0', againstVersion: '1.0.0' })
  expect(report?.meaning).toMatchObject({
    patients: 10,
    acknowledged: 0,
    certificates: 0,
    certificatesOwed: 9,
    monitors: null,
  })
  expect(report?.meaning?.deliveries).toContainEqual({ destination: 'sciensano', count: 10 })
  const lines = await impactLines(world.db, id)
  expect(
    lines
      .filter((line) => line.newlyWithheld > 0)
      .map(({ clientId, rule, newlyWithheld }) => [clientId, rule, newlyWithheld]),
  ).toEqual([
    ['lab-b', '', 10],
    ['lab-b', 'source-misjudged', 10],
  ])
  // Trying has no effect.
  expect(await world.count('select count(*) as n from withheld')).toBe(0)

  await expect(promote(world, step(bad, 'active'))).rejects.toMatchObject({ code: 'pack-step-missing' })
  await promote(world, step(bad, 'shadow'))
  await expect(promote(world, step(bad, 'active'))).rejects.toMatchObject({
    code: 'pack-concentrated',
    params: { sender: 'Laboratory B', rule: 'source-misjudged', share: 100 },
  })
  await expect(promote(world, step(bad, 'canary', { sources: ['lab-b'] }))).rejects.toMatchObject({
    code: 'pack-withholds-too-much',
    params: { sender: 'Laboratory B', count: 10, records: 10 },
  })
  // The one who asks, also as a command writes it, and nobody at all.
  for (const confirmedBy of ['lea', 'command:Lea', ' '])
    await expect(promote(world, step(bad, 'active', { confirmedBy }))).rejects.toMatchObject({
      code: 'pack-second-person',
    })
  const { activations, catchUp } = await promote(world, step(bad, 'active', { confirmedBy: 'jan' }))
  expect(activations).toHaveLength(1)
  expect(catchUp).not.toBeNull()
  // What was judged when it was tried has effect at once.
  expect(await world.count('select count(distinct record) as n from withheld')).toBe(10)
  expect((await world.books()).balanced).toBe(true)
})

test('a harmless version goes step by step; a report goes stale with more records or another version', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.send(1, 20)
  await expect(promote(world, step(harmless, 'shadow'))).rejects.toMatchObject({ code: 'pack-unknown' })
  await world.install(harmless)
  await expect(promote(world, step(harmless, 'shadow'))).rejects.toMatchObject({ code: 'pack-report-missing' })
  await tried(world, harmless)
  await promote(world, step(harmless, 'shadow'))
  await expect(promote(world, step(harmless, 'shadow'))).rejects.toMatchObject({ code: 'pack-stands-already' })
  await world.send(1, 10)
  await expect(promote(world, step(harmless, 'canary', { sources: ['lab-a'] }))).rejects.toMatchObject({
    code: 'pack-report-stale',
    params: { more: 10 },
  })
  await tried(world, harmless)
  await expect(promote(world, step(harmless, 'canary', { sources: ['nobody'] }))).rejects.toMatchObject({
    code: 'pack-source-unknown',
  })
  await promote(world, step(harmless, 'canary', { sources: ['lab-a'] }))
  await promote(world, step(harmless, 'active'))
  await tried(world, bad)
  await world.set(good, 'active')
  await expect(promote(world, step(bad, 'shadow'))).rejects.toMatchObject({ code: 'pack-report-overtaken' })
})

test('a report made while a canary counted does not outlive it: what the guard threw out needs a second person again', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.send(1, 30)
  await world.send(2, 10)
  await tried(world, bad)
  await promote(world, step(bad, 'shadow'))
  await promote(world, step(bad, 'canary', { sources: ['lab-b'], confirmedBy: 'jan' }))
  await world.send(2, 40)
  await tried(world, bad)
  const found = await guardLook({ ...world, log: silentLog }).look(world.db)
  expect(found).toMatchObject([{ kind: 'pack-demoted' }])
  await expect(promote(world, step(bad, 'active'))).rejects.toMatchObject({ code: 'pack-report-overtaken' })
  await tried(world, bad)
  await expect(promote(world, step(bad, 'active'))).rejects.toMatchObject({ code: 'pack-concentrated' })
})

test('what two people confirmed is what the report told: of what arrives the guard allows what the version says of itself', async () => {
  const world = await makePackWorld()
  const look = guardLook({ ...world, log: silentLog })
  const misjudging = [{ id: 'source-misjudged', expr: "%source != 'lab-b'" }]
  const limited = testPack('1.1.0', misjudging, { maxShareNewlyWithheld: 1, maxPerHourPerSource: 5 })
  const meant = testPack('1.2.0', misjudging, { maxShareNewlyWithheld: 1, maxPerHourPerSource: 50 })
  await world.set(good, 'active')
  await world.send(1, 30)
  await world.send(2, 10)
  for (const version of [limited, meant]) {
    await tried(world, version)
    await promote(world, step(version, 'shadow'))
    await promote(world, step(version, 'active', { confirmedBy: 'jan' }))
    await world.send(2, 6)
    const why = expect.stringContaining('withheld 6 rapid-test of lab-b in this hour, where 5 is the most')
    const found = version === limited ? [{ kind: 'pack-demoted', detail: { why } }] : []
    expect(await look.look(world.db)).toMatchObject(found)
  }
})

test('an emergency goes without a report, with a second person, and is marked', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.install(bad)
  const emergency = step(bad, 'active', { emergency: true })
  await expect(promote(world, emergency)).rejects.toMatchObject({ code: 'pack-second-person' })
  await promote(world, { ...emergency, confirmedBy: 'jan' })
  expect(await world.count('select count(*) as n from activation where emergency and confirmed_by = $1', ['jan'])).toBe(
    1,
  )
})

test('after an emergency everything stored is judged in the background, until the version is undone', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.send(1, 20)
  await world.send(2, 8)
  await world.install(bad)
  const emergency = { emergency: true, confirmedBy: 'jan' } as const
  const canary = await promote(world, step(bad, 'canary', { ...emergency, sources: ['lab-b'] }))
  expect(await reports(world.db, { id: canary.catchUp! })).toMatchObject([{ purpose: 'catch-up', total: 8, seen: 0 }])
  expect(await world.count('select count(distinct record) as n from withheld')).toBe(0)
  expect(await runReport({ ...world, worker: 'node' }, canary.catchUp!)).toBe('done')
  expect(await world.count('select count(distinct record) as n from withheld')).toBe(8)
  await revertPack(world, { pack: bad.name, source: 'lab-b', actor: 'lea', why: 'misjudges B' })
  expect(await world.count('select count(distinct record) as n from withheld')).toBe(0)

  const { catchUp } = await promote(world, step(bad, 'active', emergency))
  expect(await reports(world.db, { id: catchUp! })).toMatchObject([{ state: 'running', total: 28 }])
  await revertPack(world, { pack: bad.name, source: null, actor: 'lea', why: 'misjudges B' })
  expect(await reports(world.db, { id: catchUp! })).toMatchObject([{ state: 'stopped' }])
  expect((await world.books()).balanced).toBe(true)
})

test('a report that is stopped goes on where it was, and counts every record once', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.send(2, 2_500)
  const setting = await world.install(bad)
  const id = await beginReport(world.db, { purpose: 'try', setting, pack: bad, actor: 'lea' })
  let halted = false
  const halt = { progress: () => void (halted = true), halted: () => halted }
  expect(await runReport({ ...world, worker: 'one' }, id, halt)).toBe('stopped')
  // Somebody else waits until the lease of the first has run out.
  expect(await runReport({ ...world, worker: 'two' }, id)).toBe('busy')
  expect(await setReportState(world.db, id, 'stopped')).toBe(true)
  expect(await runReport({ ...world, worker: 'two' }, id)).toBe('stopped')
  expect(await setReportState(world.db, id, 'running')).toBe(true)
  expect(await runReport({ ...world, worker: 'two' }, id)).toBe('done')
  const [report] = await reports(world.db, { id })
  expect([report?.seen, report?.total]).toEqual([2_500, 2_500])
  const total = (await impactLines(world.db, id)).find((line) => line.rule === '')
  expect([total?.records, total?.newlyWithheld]).toEqual([2_500, 2_500])
  expect(await world.count('select count(distinct record) as n from impact_change')).toBe(2_500)
})
