import { expect, test } from 'vitest'
import { beginReport, runReport } from '../../src/checking/dry-run.ts'
import { retellRefusals } from '../../src/checking/retell.ts'
import { revertPack } from '../../src/checking/revert.ts'
import { decide } from '../../src/checking/withheld.ts'
import { figures, findingsVersion, silentVersion, tallied, told, toldKinds, unknownDevice } from './findings.ts'
import { makePackWorld } from './world.ts'

const withholding = findingsVersion('2.0.0', [{ code: 'code-unknown', severity: 'withhold' }])

test('a finding refuses as the form does where the version says nothing of it', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  const [receipt] = await world.hand(1, [unknownDevice('f-1')])
  await world.work()
  expect(await told(world, receipt!)).toMatchObject({
    state: 'refused',
    waitingFor: null,
    errors: ['code-unknown'],
    refusedBy: { pack: 'eform-quality', version: '1.0.0', rule: 'finding-code-unknown' },
    deliveries: [],
  })
  expect(await toldKinds(world)).toEqual(['record-refused'])
  expect(await figures(world)).toEqual({ balanced: true, passed: 0, withheld: 0, refused: 1, waiting: 0 })
})

test('a version that only flags it lets it pass, also what was refused before; the revert refuses it again', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  const [receipt] = await world.hand(1, [unknownDevice('f-1')])
  await world.work()
  await world.set(
    findingsVersion('1.1.1', [{ code: 'code-unknown', fields: ['test.device'], severity: 'flag' }]),
    'active',
  )
  expect((await told(world, receipt!)).state).toBe('passed')
  expect(await figures(world)).toEqual({ balanced: true, passed: 1, withheld: 0, refused: 0, waiting: 0 })
  expect(await retellRefusals(world.db, 'hub:test')).toBe(1)
  await world.work()
  expect((await told(world, receipt!)).deliveries).toHaveLength(2)
  expect(await toldKinds(world)).toEqual(['record-refused', 'reinstated'])

  await revertPack(world, { pack: 'eform-quality', source: null, actor: 'lea', why: 'the list is right' })
  expect((await told(world, receipt!)).state).toBe('refused')
  expect(await figures(world)).toEqual({ balanced: true, passed: 0, withheld: 0, refused: 1, waiting: 0 })
  expect(await retellRefusals(world.db, 'hub:test')).toBe(1)
  expect(await retellRefusals(world.db, 'hub:test')).toBe(0)
  expect(await toldKinds(world)).toEqual(['record-refused', 'reinstated', 'refused-later'])
  expect((await figures(world)).balanced).toBe(true)
})

test('a person releases a single refused record', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  const [receipt, other] = await world.hand(1, [unknownDevice('f-1'), unknownDevice('f-2')])
  await world.work()
  const record = await world.count('select min(id) as n from record')
  const all = { clientId: null, pack: null, rule: null, records: null }
  await expect(
    decide(world.db, { choice: all, decision: 'release', actor: 'lea', why: 'all', expected: null }),
  ).rejects.toMatchObject({ code: 'record-not-withheld' })
  const choice = { ...all, records: [record] }
  await decide(world.db, { choice, decision: 'release', actor: 'lea', why: 'the device is new', expected: 1 })
  expect((await told(world, receipt!)).state).toBe('passed')
  expect((await told(world, other!)).state).toBe('refused')
  expect(await figures(world)).toEqual({ balanced: true, passed: 1, withheld: 0, refused: 1, waiting: 0 })
})

test('a rule that withholds a finding leaves it to a person, and says so to its sender', async () => {
  const world = await makePackWorld()
  await world.set(findingsVersion('2.0.0', [{ code: 'code-unknown', severity: 'withhold' }]), 'active')
  const [receipt] = await world.hand(1, [unknownDevice('f-1')])
  await world.work()
  expect(await told(world, receipt!)).toMatchObject({
    state: 'withheld',
    waitingFor: { what: 'release' },
    refusedBy: null,
  })
  expect(await toldKinds(world)).toEqual(['withheld'])
  expect(await figures(world)).toEqual({ balanced: true, passed: 0, withheld: 1, refused: 0, waiting: 0 })
})

test('a person who confirms a refused record keeps it refused when the rule goes, and withheld after that', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  const [receipt] = await world.hand(1, [unknownDevice('f-1')])
  await world.work()
  const choice = { clientId: null, pack: null, rule: 'finding-code-unknown', records: null }
  await decide(world.db, { choice, decision: 'confirm', actor: 'lea', why: 'no such device', expected: 1 })
  expect(await told(world, receipt!)).toMatchObject({ state: 'refused', refusedBy: { by: 'lea' } })
  await world.set(findingsVersion('2.0.0', [{ code: 'code-unknown', severity: 'flag' }]), 'active')
  expect(await told(world, receipt!)).toMatchObject({ state: 'withheld', waitingFor: { by: 'lea' } })
  expect(await figures(world)).toEqual({ balanced: true, passed: 0, withheld: 1, refused: 0, waiting: 0 })
})

test('its sender is not told that a refused record passes when the next version withholds it', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  const [receipt] = await world.hand(1, [unknownDevice('f-1')])
  await world.work()
  const setting = await world.install(withholding)
  const tried = await beginReport(world.db, { purpose: 'try', setting, pack: withholding, actor: 'lea' })
  await runReport({ ...world, worker: 'test' }, tried)
  await world.set(withholding, 'active')
  expect(await retellRefusals(world.db, 'hub:test')).toBe(1)
  await world.work()
  expect(await toldKinds(world)).toEqual(['record-refused', 'withheld'])
  expect(await told(world, receipt!)).toMatchObject({ state: 'withheld', waitingFor: { what: 'release' } })
  expect(await figures(world)).toEqual({ balanced: true, passed: 0, withheld: 1, refused: 0, waiting: 0 })
  const held = { 'record-read': 1 }
  await expect.poll(() => tallied(world), { timeout: 20_000, interval: 100 }).toEqual(held)
  // Planned meanwhile: once it is released it goes out by itself.
  expect((await told(world, receipt!)).deliveries).toHaveLength(2)
})

test('what the form itself cannot read stays refused for good, whatever a version says', async () => {
  const world = await makePackWorld()
  await world.set(findingsVersion('2.0.0', [{ code: 'code-unknown', severity: 'flag' }]), 'active')
  const form = unknownDevice('f-1')
  const [receipt] = await world.hand(1, [{ ...form, patient: { ...form.patient, sex: 'M' } }])
  await world.work()
  expect(await told(world, receipt!)).toMatchObject({ state: 'refused', refusedBy: null })
  expect(await figures(world)).toEqual({ balanced: true, passed: 0, withheld: 0, refused: 1, waiting: 0 })
})
