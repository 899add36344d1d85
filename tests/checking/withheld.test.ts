import { expect, test } from 'vitest'
import { decide, undecide, withheldFor, worklist } from '../../src/checking/withheld.ts'
import { inTransaction } from '../../src/store/connect.ts'
import { decideOn, type Decision } from '../../src/store/overrides.ts'
import { withheldAmong, patientsTouchedBy, type WithheldChoice } from '../../src/store/visibility.ts'
import { makePackWorld, testPack, type PackWorld } from './world.ts'

// The rule is the same in each version: its verdicts are too.
const strict = (version: string) => testPack(version, [{ id: 'nothing-passes', expr: 'false' }])
const all: WithheldChoice = { clientId: null, pack: null, rule: null, records: null }

const visible = async (world: PackWorld): Promise<number> => {
  const { rows } = await world.db.query<{ record: number; receivedAt: Date }>({
    text: 'select id as record, received_at as "receivedAt" from record',
  })
  return rows.length - (await withheldAmong(world.db, 'eforms', rows)).size
}

test('a reader is told how many are withheld of whom, by which rule, since when and why', async () => {
  const world = await makePackWorld()
  const activation = await world.set(strict('1.0.0'), 'active')
  await world.send(2, 1)
  const { rows } = await world.db.query<{ patient: Buffer }>({ text: 'select patient from record' })
  const told = await withheldFor(world, rows[0]!.patient)
  expect(told).toMatchObject([
    { sender: 'Laboratory B', rule: 'nothing-passes', version: '1.0.0', count: 1, activation, pack: 'test-quality' },
  ])
  expect(told[0]?.text?.nl).toBe('nl {kind}')
  expect(await patientsTouchedBy(world.db, activation, null, 10)).toEqual([rows[0]!.patient])
  expect(await patientsTouchedBy(world.db, activation, rows[0]!.patient, 10)).toEqual([])
})

test('a person releases some in bulk after a preview; it outlives versions, and can be taken back', async () => {
  const world = await makePackWorld()
  await world.set(strict('1.0.0'), 'active')
  await world.send(1, 3)
  await world.send(2, 4)
  const choice = { ...all, clientId: 'lab-b', rule: 'nothing-passes' }
  const first = await worklist(world, choice, 0, 3)
  expect(first.records.map(({ sender, text }) => [sender, text?.en])).toEqual(
    Array.from({ length: 3 }, () => ['Laboratory B', 'en rapid-test']),
  )
  const rest = await worklist(world, choice, first.next!, 3)
  expect([rest.records.length, rest.next]).toEqual([1, null])

  const wish = { choice, decision: 'release', actor: 'lea', why: 'called the laboratory' } as const
  await expect(decide(world.db, { ...wish, expected: 5 })).rejects.toMatchObject({ code: 'withheld-choice-changed' })
  expect(await visible(world)).toBe(0)
  const decided = await decide(world.db, { ...wish, expected: 4 })
  expect(await visible(world)).toBe(4)
  await world.set(strict('1.1.0'), 'active')
  expect(await visible(world)).toBe(4)
  expect((await world.books()).balanced).toBe(true)

  await undecide(world.db, [decided[0]!.record], 'jan', 'released by mistake')
  expect(await visible(world)).toBe(3)
})

test('what a person confirms stays withheld when its version is undone', async () => {
  const world = await makePackWorld()
  await world.set(testPack('0.9.0', [{ id: 'kind-known', expr: 'formKind.exists()' }]), 'active')
  await world.set(strict('1.0.0'), 'active')
  await world.send(1, 2)
  const { records } = await worklist(world, all, 0, 1)
  const chosen = { ...all, records: [records[0]!.record] }
  await decide(world.db, { choice: chosen, decision: 'confirm', actor: 'lea', why: 'really wrong', expected: 1 })
  await world.set(testPack('0.9.0', [{ id: 'kind-known', expr: 'formKind.exists()' }]), 'active')
  expect(await visible(world)).toBe(1)
  expect((await worklist(world, all, 0, 9)).records).toMatchObject([
    { record: records[0]!.record, rule: '', setting: null },
  ])
  expect((await world.books()).balanced).toBe(true)
  await decide(world.db, { choice: chosen, decision: 'release', actor: 'jan', why: 'right after all', expected: 1 })
  expect(await visible(world)).toBe(2)
})

/** One person decides of one record while a bulk decision of another begins; what became of the second. */
async function atOnce(decision: Decision): Promise<{ world: PackWorld; second: Promise<unknown> }> {
  const world = await makePackWorld()
  await world.set(strict('1.0.0'), 'active')
  await world.send(1, 3)
  const [one] = (await worklist(world, all, 0, 1)).records
  let second: Promise<unknown> | undefined
  await inTransaction(world.db, async (tx) => {
    await decideOn(tx, { ...all, records: [one!.record] }, decision, 'jan', 'called the laboratory')
    second = decide(world.db, { choice: all, decision: 'confirm', actor: 'lea', why: 'really wrong', expected: 3 })
    second.catch(() => undefined)
    const waiting = `select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(() => world.count(waiting)).toBe(1)
  })
  return { world, second: second! }
}

test('two people who decide of one record at the same time decide one after the other', async () => {
  const { world, second } = await atOnce('confirm')
  expect(await second).toHaveLength(3)
  const running = `select count(*) as n from override where ended_at is null and actor = 'lea'`
  expect([await world.count(running), await world.count('select count(*) as n from override')]).toEqual([3, 4])
})

test('who decides on a list of which another just released a record is told that it has changed', async () => {
  const { world, second } = await atOnce('release')
  await expect(second).rejects.toMatchObject({ code: 'withheld-choice-changed', params: { count: 2, expected: 3 } })
  expect(await visible(world)).toBe(1)
})
