import { expect, test } from 'vitest'
import { countingFindings } from '../../src/checking/counting-words.ts'
import { beginReport, runReport } from '../../src/checking/dry-run.ts'
import { outOfBounds } from '../../src/checking/guard.ts'
import { installShipped } from '../../src/checking/install.ts'
import { promote, retire } from '../../src/checking/promote.ts'
import { noteBefore, proveRevert } from '../../src/checking/proof.ts'
import { retellLook, retellRefusals } from '../../src/checking/retell.ts'
import { revertPack } from '../../src/checking/revert.ts'
import { makeRuleSets } from '../../src/checking/rule-sets.ts'
import { stopReport } from '../../src/checking/stop-report.ts'
import { decide } from '../../src/checking/withheld.ts'
import { reports, setReportState } from '../../src/store/impact.ts'
import {
  figures,
  findingsVersion,
  silentVersion,
  tallied,
  told,
  toldKinds,
  unknownDevice,
  writtenVersion,
} from './findings.ts'
import { makePackWorld, type PackWorld } from './world.ts'

const flagged = findingsVersion('1.1.1', [{ code: 'code-unknown', fields: ['test.device'], severity: 'flag' }])

const undo = { pack: 'eform-quality', source: null, actor: 'lea', why: 'the list is right' }

test('without a version that counts a form with a finding waits, and the one that counts cannot be taken away', async () => {
  const world = await makePackWorld()
  await world.hand(1, [unknownDevice('f-1')])
  await world.work()
  expect(await figures(world)).toMatchObject({ passed: 0, refused: 0, waiting: 1 })
  await world.set(silentVersion, 'active')
  await world.db.query({ text: 'update step set due_at = now()' })
  await world.work()
  expect(await figures(world)).toEqual({ balanced: true, passed: 0, withheld: 0, refused: 1, waiting: 0 })
  await expect(revertPack(world, undo)).rejects.toMatchObject({ code: 'pack-findings-unjudged' })
  const gone = { pack: 'eform-quality', version: '1.0.0', actor: 'lea', why: 'away' }
  await expect(retire(world, gone)).rejects.toMatchObject({ code: 'pack-findings-unjudged' })
  expect(await figures(world)).toMatchObject({ balanced: true, refused: 1 })
})

test('writing out what the forms say changes no record and judges none anew', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  const [receipt] = await world.hand(1, [unknownDevice('f-1')])
  await world.work()
  const verdicts = await world.count('select count(*) as n from verdict')
  await world.set(writtenVersion, 'active')
  expect(await told(world, receipt!)).toMatchObject({ state: 'refused', refusedBy: { version: '1.1.0' } })
  expect(await retellRefusals(world.db, 'hub:test')).toBe(0)
  expect(await world.count('select count(*) as n from verdict')).toBe(verdicts)
})

test('a hub whose version was activated before findings were rules has their rules from its start on', async () => {
  const world = await makePackWorld()
  await installShipped(world)
  const rules = `select count(*) as n from active_rule where refuses`
  const full = await world.count(rules)
  expect(full).toBeGreaterThan(15)
  await world.db.query({ text: 'delete from active_rule where refuses' })
  const activations = await world.count('select count(*) as n from activation')
  await installShipped(world)
  expect(await world.count(rules)).toBe(full)
  expect(await world.count('select count(*) as n from activation')).toBe(activations)
})

test('a version counts for the sender it is tried with, and for nobody else; a door knows it by the sender', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  await world.set(flagged, 'canary', 'lab-b')
  const [one] = await world.hand(1, [unknownDevice('f-1')])
  const [two] = await world.hand(2, [unknownDevice('f-2')])
  await world.work()
  expect((await told(world, one!)).state).toBe('refused')
  expect((await told(world, two!)).state).toBe('passed')
  const found = await countingFindings(world.db, makeRuleSets(), 0)
  const wordOn = (list: readonly { code: string; fields: readonly string[] | null; word: string }[] = []) =>
    list.filter(({ code }) => code === 'code-unknown').map(({ fields, word }) => [fields?.join(), word])
  expect(wordOn(found?.usual)).toEqual([[undefined, 'refuse']])
  expect(wordOn(found?.bySender.get(2))).toEqual([
    ['test.device', 'flag'],
    [undefined, 'refuse'],
  ])
  expect(await countingFindings(world.db, makeRuleSets(), found!.activation)).toBeNull()
})

test('the guard does not take a version for what the forms refuse without it', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  await world.hand(
    1,
    Array.from({ length: 30 }, (_, at) => unknownDevice(`f-${at}`)),
  )
  await world.work()
  expect(await figures(world)).toMatchObject({ refused: 30 })
  expect(await outOfBounds(world)).toEqual([])
})

test('the proof of a revert holds with refused records', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  await world.hand(1, [unknownDevice('f-1')])
  await world.send(1, 2)
  const activation = await world.set(flagged, 'active')
  await noteBefore(world, activation)
  await retellRefusals(world.db, 'hub:test')
  await world.work()
  const { revert } = await revertPack(world, undo)
  const { holds, proof } = await proveRevert(world, revert)
  expect([holds, proof.visibleEqual, proof.recountEqual]).toEqual([true, true, true])
  expect(proof.before.map(({ records, visible }) => [records, visible])).toEqual([[3, 2]])
  expect(proof.during.map(({ records, visible }) => [records, visible])).toEqual([[3, 3]])
})

/** Only what is older than every running transaction of the server is sealed, those of other tests too. */
const becomes = (world: PackWorld, wanted: Record<string, number>): Promise<void> =>
  expect.poll(() => tallied(world), { timeout: 20_000, interval: 100 }).toEqual(wanted)

test('the tally of a day counts a refused record once, as refused by its finding, and as read again when it passes', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  await world.hand(1, [unknownDevice('f-1')])
  await world.send(1, 2)
  await becomes(world, { 'record-read': 2, 'record-refused': 1, 'refusal code-unknown': 1 })
  await world.set(flagged, 'active')
  await retellRefusals(world.db, 'hub:test')
  await becomes(world, { 'record-read': 3 })
  await revertPack(world, undo)
  await retellRefusals(world.db, 'hub:test')
  await becomes(world, { 'record-read': 2, 'record-refused': 1, 'refusal code-unknown': 1 })
})

test('in an emergency nothing refused is let pass before it was judged by the version that counts', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  const form = unknownDevice('f-2')
  const other = { ...form, test: { ...form.test, device: '1232', targetGroup: 'TP9999' } }
  const [device, group] = await world.hand(1, [unknownDevice('f-1'), other])
  await world.work()
  const look = retellLook('test')
  await look.look(world.db)
  await world.install(flagged)
  await promote(world, {
    pack: 'eform-quality',
    version: '1.1.1',
    mode: 'active',
    actor: 'lea',
    why: 'every form is refused',
    confirmedBy: 'jan',
    emergency: true,
  })
  await look.look(world.db)
  expect(await toldKinds(world)).toEqual(['record-refused', 'record-refused'])
  const [catchUp] = await reports(world.db, { running: true })
  await runReport({ ...world, worker: 'test' }, catchUp!.id)
  await look.look(world.db)
  await world.work()
  expect(await toldKinds(world)).toEqual(['record-refused', 'record-refused', 'reinstated'])
  expect((await told(world, device!)).deliveries).toHaveLength(2)
  expect(await told(world, group!)).toMatchObject({ state: 'refused', deliveries: [] })
  expect((await figures(world)).balanced).toBe(true)
})

test('while what is stored is judged, or that was stopped, what a person released passes; the judging is not to be stopped', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  const [receipt] = await world.hand(1, [unknownDevice('f-1'), unknownDevice('f-2')])
  await world.work()
  const record = await world.count('select min(id) as n from record')
  const choice = { clientId: null, pack: null, rule: null, records: [record] }
  await decide(world.db, { choice, decision: 'release', actor: 'lea', why: 'the device is sold', expected: 1 })
  await world.install(flagged)
  const emergency = { confirmedBy: 'jan', emergency: true, actor: 'lea', why: 'every form is refused' } as const
  const wish = { pack: 'eform-quality', version: '1.1.1', mode: 'active' } as const
  const { catchUp } = await promote(world, { ...wish, ...emergency })
  await expect(stopReport(world.db, catchUp!)).rejects.toMatchObject({ code: 'pack-report-counts' })
  // As an earlier version of the hub let somebody do.
  await setReportState(world.db, catchUp!, 'stopped')
  await retellLook('test').look(world.db)
  await world.work()
  expect(await toldKinds(world)).toEqual(['record-refused', 'record-refused', 'reinstated'])
  expect((await told(world, receipt!)).deliveries).toHaveLength(2)
  await setReportState(world.db, catchUp!, 'running')
  await revertPack(world, undo)
  expect(await stopReport(world.db, catchUp!)).toBe(false)
})

test('what was undone while it judged what is stored is not waited for; for the other sender it is judged to its end', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  await world.hand(1, [unknownDevice('f-1')])
  await world.work()
  const look = retellLook('test')
  await look.look(world.db)
  await world.install(flagged)
  const emergency = { confirmedBy: 'jan', emergency: true, actor: 'lea', why: 'every form is refused' } as const
  const wish = { pack: 'eform-quality', version: '1.1.1', mode: 'canary', sources: ['lab-b', 'lab-c'] } as const
  const { catchUp } = await promote(world, { ...wish, ...emergency })
  await revertPack(world, { ...undo, source: 'lab-b' })
  expect(await reports(world.db, { id: catchUp! })).toMatchObject([{ state: 'running' }])
  await revertPack(world, { ...undo, source: 'lab-c' })
  expect(await reports(world.db, { id: catchUp! })).toMatchObject([{ state: 'stopped' }])
  const record = await world.count('select id as n from record')
  const choice = { clientId: null, pack: null, rule: null, records: [record] }
  await decide(world.db, { choice, decision: 'release', actor: 'lea', why: 'the device is sold', expected: 1 })
  await look.look(world.db)
  expect(await toldKinds(world)).toEqual(['record-refused', 'reinstated'])
})

test('what came between the report and the shadow is judged for the sender of a canary before any of it passes', async () => {
  const world = await makePackWorld()
  await world.set(silentVersion, 'active')
  const setting = await world.install(flagged)
  const tried = await beginReport(world.db, { purpose: 'try', setting, pack: flagged, actor: 'lea' })
  await runReport({ ...world, worker: 'test' }, tried)
  const form = unknownDevice('f-2')
  const other = { ...form, test: { ...form.test, device: '1232', targetGroup: 'TP9999' } }
  const [device, group] = await world.hand(2, [unknownDevice('f-1'), other])
  await world.work()
  const step = { pack: 'eform-quality', version: '1.1.1', actor: 'lea', why: 'the list lacks a device' }
  await promote(world, { ...step, mode: 'shadow' })
  const { catchUp } = await promote(world, { ...step, mode: 'canary', sources: ['lab-b'] })
  // As if it had taken longer to begin.
  await world.db.query({ text: 'alter table activation disable trigger user' })
  await world.db.query({ text: `update activation set at = at - interval '1 minute'` })
  const look = retellLook('test')
  await look.look(world.db)
  expect(await toldKinds(world)).toEqual(['record-refused', 'record-refused'])
  expect(await reports(world.db, { id: catchUp! })).toMatchObject([{ senders: [2], total: 2, state: 'running' }])
  expect(await runReport({ ...world, worker: 'test' }, catchUp!)).toBe('done')
  await look.look(world.db)
  expect(await toldKinds(world)).toEqual(['record-refused', 'record-refused', 'reinstated'])
  expect((await told(world, device!)).state).toBe('passed')
  expect((await told(world, group!)).state).toBe('refused')
})
