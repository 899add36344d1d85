import { expect, test } from 'vitest'
import { beginReport, runReport } from '../../src/checking/dry-run.ts'
import { guardLook, outOfBounds } from '../../src/checking/guard.ts'
import { judgeShares, wilson } from '../../src/checking/guard-math.ts'
import { guardSentence, readGuardSentence } from '../../src/checking/guard-sentence.ts'
import { beginRegular, workOnReports } from '../../src/checking/regular.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { makePackWorld, testPack, type TestRule } from './world.ts'

const limits = { maxShareNewlyWithheld: 0.02, maxPerHourPerSource: 200, minSample: 20 }
const shares = (checked: number, withheld: number, usualChecked = 0, usualWithheld = 0) => ({
  checked,
  withheld,
  checkedThisHour: checked,
  withheldThisHour: withheld,
  usualChecked,
  usualWithheld,
})

test.each([
  ['nothing withheld', shares(1000, 0), 'within'],
  ['everything withheld of few records', shares(19, 19), 'within'],
  ['everything withheld of enough records', shares(20, 20), 'share'],
  ['one of twenty may be chance', shares(20, 1), 'within'],
  ['as usual, though above the floor', shares(500, 50, 5000, 500), 'within'],
  ['four times the usual', shares(500, 200, 5000, 500), 'share'],
  ['a usual share of a big source does not hit the cap of an hour', shares(20_000, 2_000, 200_000, 20_000), 'within'],
  ['the cap of an hour counts below every share', shares(100_000, 300), 'hour'],
])('%s', (_, given, state) => {
  expect(judgeShares(given, limits).state).toBe(state)
})

test("Wilson's interval holds the share, and narrows with more records", () => {
  expect(wilson(5, 10).low).toBeCloseTo(0.1842, 3)
  expect(wilson(500, 1000).high - wilson(500, 1000).low).toBeLessThan(0.09)
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 })
})

const counted = {
  activation: 7,
  pack: 'lab-quality',
  senderId: 3,
  clientId: 'lab-b',
  formKind: 'hba1c',
  ...shares(240, 24),
}

test('what the guard writes down can be read back, and nothing that people write is taken for it', () => {
  const share = { state: 'share', low: 0.0574, bound: 0.02 } as const
  const said = guardSentence({ ...counted, rule: 'unit-known' }, share)
  expect(said).toBe('rule unit-known withheld 24 of 240 hba1c of lab-b: surely above 5.7 %, where 2 % is the most')
  expect(readGuardSentence(said)).toEqual({
    state: 'share',
    rule: 'unit-known',
    formKind: 'hba1c',
    source: 'lab-b',
    withheld: 24,
    checked: 240,
    low: 0.057,
    bound: 0.02,
  })
  const hour = guardSentence({ ...counted, rule: '*' }, { state: 'hour', count: 312, bound: 200 })
  expect(readGuardSentence(hour)).toEqual({
    state: 'hour',
    rule: null,
    formKind: 'hba1c',
    source: 'lab-b',
    withheld: 312,
    bound: 200,
  })
  for (const text of ['', 'withholds all of lab-a', `${said}.`, `I saw: ${said}`])
    expect(readGuardSentence(text)).toBeNull()
})

const good = testPack('1.0.0', [{ id: 'kind-known', expr: 'formKind.exists()' }])
const bad = testPack('1.1.0', [{ id: 'source-misjudged', expr: "%source != 'lab-b'" }])

test('the guard puts a version that misjudges one laboratory back into the shadow, and what it withheld is visible', async () => {
  const world = await makePackWorld()
  const look = guardLook({ ...world, log: silentLog })
  await world.set(good, 'active')
  await world.send(2, 30)
  await world.set(bad, 'active')
  await world.send(1, 30)
  await world.send(2, 4)
  expect(await look.look(world.db)).toEqual([])
  await world.send(2, 20)
  expect(await world.count('select count(distinct record) as n from withheld')).toBe(24)
  const [finding] = await look.look(world.db)
  expect(finding).toMatchObject({ kind: 'pack-demoted', scope: 'test-quality' })
  expect(String(finding?.detail['why'])).toContain('24 of 24 rapid-test of lab-b')
  expect(await world.count('select count(*) as n from withheld')).toBe(0)
  expect((await world.books()).balanced).toBe(true)
  // It is still judged, without effect.
  await world.send(2, 2)
  expect(await world.count('select count(*) as n from withheld')).toBe(0)
  expect(await world.count(`select count(*) as n from verdict where rule = 'source-misjudged'`)).toBe(26)
  // The alert stays until a person takes the next step, and the guard does nothing twice.
  const rows = await world.count('select count(*) as n from activation')
  expect(await look.look(world.db)).toMatchObject([{ kind: 'pack-demoted' }])
  expect(await world.count('select count(*) as n from activation')).toBe(rows)
  await world.set(bad, 'retired')
  expect(await look.look(world.db)).toEqual([])
})

test('a version that replaced nothing is reported, not taken away', async () => {
  const world = await makePackWorld()
  await world.set(bad, 'active')
  await world.send(2, 30)
  expect(await guardLook({ ...world, log: silentLog }).look(world.db)).toMatchObject([{ kind: 'pack-withholds' }])
  expect(await world.count('select count(distinct record) as n from withheld')).toBe(30)
})

/** Withholds all of laboratory B, by right. */
const wellKnown = (version: string, more: readonly TestRule[] = []) =>
  testPack(version, [{ id: 'source-unfit', expr: "%source != 'lab-b'" }, ...more], { maxShareNewlyWithheld: 0.02 })

test('what was withheld for years is not the doing of a version that counts since today, whoever checks it again', async () => {
  const world = await makePackWorld()
  await world.set(wellKnown('1.0.0'), 'active')
  await world.send(2, 40)
  await world.db.query({ text: 'delete from check_count' })
  const next = wellKnown('1.1.0', [{ id: 'kind-known', expr: 'formKind.exists()' }])
  await world.set(next, 'active')
  expect(await world.count('select count(distinct record) as n from withheld')).toBe(40)
  const deps = { ...world, worker: 'node' }
  await beginRegular(deps, next.name, 'hub')
  expect(await workOnReports(deps)).toBe(1)
  expect(await outOfBounds(world)).toEqual([])
  const setting = await world.install(next)
  const catchUp = await beginReport(world.db, { purpose: 'catch-up', setting, pack: next, actor: 'hub' })
  expect(await runReport(deps, catchUp)).toBe('done')
  expect(await outOfBounds(world)).toEqual([])
})

test('what a version newly withholds of what is stored is its doing', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.send(2, 40)
  const setting = await world.install(bad)
  // What was tried before is judged already, and has its effect with the emergency.
  const tried = await beginReport(world.db, { purpose: 'try', setting, pack: bad, actor: 'lea' })
  expect(await runReport({ ...world, worker: 'node' }, tried)).toBe('done')
  await world.set(bad, 'active')
  const catchUp = await beginReport(world.db, { purpose: 'catch-up', setting, pack: bad, actor: 'hub' })
  expect(await runReport({ ...world, worker: 'node' }, catchUp)).toBe('done')
  expect(await outOfBounds(world)).toMatchObject([{ count: { clientId: 'lab-b', checked: 40, withheld: 40 } }])
})

test('what was usual before a version stays usual after the four weeks in which hours are compared', async () => {
  const world = await makePackWorld()
  // Whole weeks of local time: the same hour of the week, also across a change of the clock.
  const daysBack = async (days: number) => {
    const values = [days]
    await world.db.query({
      text: `update check_count set hour = ((hour at time zone 'Europe/Brussels') - make_interval(days => $1))
        at time zone 'Europe/Brussels'`,
      values,
    })
    await world.db.query({ text: 'alter table activation disable trigger user' })
    await world.db.query({ text: 'update activation set at = at - make_interval(days => $1)', values })
  }
  await world.set(wellKnown('1.0.0'), 'active')
  await world.send(2, 40)
  await daysBack(7)
  await world.set(wellKnown('1.1.0', [{ id: 'kind-known', expr: 'formKind.exists()' }]), 'active')
  await world.send(2, 40)
  await daysBack(28)
  await world.send(2, 40)
  expect(await outOfBounds(world)).toEqual([])
})
