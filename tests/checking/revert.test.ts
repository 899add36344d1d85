import { expect, test } from 'vitest'
import { revertPack } from '../../src/checking/revert.ts'
import { claimDeliveries, claimHeld, openLanes } from '../../src/store/delivery-claim.ts'
import { makePackWorld, testPack, type PackWorld } from './world.ts'

const good = testPack('1.0.0', [{ id: 'kind-known', expr: 'formKind.exists()' }])
/** Withholds everything of laboratory B. */
const bad = testPack('1.1.0', [
  { id: 'kind-known', expr: 'formKind.exists()' },
  { id: 'source-misjudged', expr: "%source != 'lab-b'" },
])

const withheld = (world: PackWorld): Promise<number> => world.count('select count(distinct record) as n from withheld')

const recordsInBooks = async (world: PackWorld) => {
  const books = await world.books()
  const sum = (name: 'read' | 'passed' | 'withheld' | 'waiting') =>
    books.records.reduce((total, line) => total + line[name], 0)
  return { balanced: books.balanced, read: sum('read'), passed: sum('passed'), withheld: sum('withheld') }
}

async function claim(world: PackWorld, held: boolean): Promise<number> {
  const lanes = await openLanes(world.db, 'sciensano')
  const wish = {
    destination: 'sciensano',
    lanes: lanes.map((lane) => ({
      ...lane,
      share: 1e5,
    })),
    total: 1e5,
    lease: crypto.randomUUID(),
    leaseMs: 6e4,
    node: 'test',
  }
  return (await (held ? claimHeld : claimDeliveries)(world.db, wish)).length
}

test('a bad version withholds one laboratory; one row brings everything back, also what came in between', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.send(1, 6)
  await world.send(2, 6)
  expect(await recordsInBooks(world)).toEqual({ balanced: true, read: 12, passed: 12, withheld: 0 })
  expect(await claim(world, false)).toBe(12)

  await world.set(bad, 'active')
  await world.send(1, 4)
  await world.send(2, 5)
  expect(await withheld(world)).toBe(5)
  expect(await recordsInBooks(world)).toEqual({ balanced: true, read: 21, passed: 16, withheld: 5 })
  // Owed, and not given to anybody while they are withheld.
  expect(await world.count(`select count(*) as n from delivery where destination = 'sciensano'`)).toBe(21)
  expect(await claim(world, false)).toBe(4)
  expect(await claim(world, true)).toBe(0)

  const before = await world.count('select count(*) as n from activation')
  const reverted = await revertPack(world, {
    pack: 'test-quality',
    source: null,
    actor: 'lea',
    why: 'withholds all of laboratory B',
  })
  expect(reverted).toMatchObject({ version: '1.1.0', again: '1.0.0' })
  expect(await world.count('select count(*) as n from activation')).toBe(before + 1)
  expect(await withheld(world)).toBe(0)
  expect(await recordsInBooks(world)).toEqual({ balanced: true, read: 21, passed: 21, withheld: 0 })
  expect(await claim(world, true)).toBe(5)
  // The version that counts again judged them when they came.
  expect(
    await world.count(
      `select count(*) as n from record r where not exists (select from record_check c where c.record = r.id)`,
    ),
  ).toBe(0)
  await world.send(2, 3)
  expect(await withheld(world)).toBe(0)
})

test('a canary counts for its sender only, and is undone for it alone', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  const strict = testPack('2.0.0', [{ id: 'nothing-passes', expr: 'false' }])
  await world.set(strict, 'canary', 'lab-c')
  for (const sender of [1, 2, 3]) await world.send(sender, 2)
  expect(await withheld(world)).toBe(2)
  expect(await world.count('select count(*) as n from withheld where sender_id = 3')).toBe(2)
  await revertPack(world, { pack: 'test-quality', source: 'lab-c', actor: 'lea', why: 'enough seen' })
  expect(await withheld(world)).toBe(0)
  expect((await world.books()).balanced).toBe(true)
})

test('a version in the shadow writes verdicts and has no effect, and its effect is there at once when it is activated', async () => {
  const world = await makePackWorld()
  await world.set(good, 'active')
  await world.set(bad, 'shadow')
  await world.send(2, 7)
  expect(await withheld(world)).toBe(0)
  expect(await world.count(`select count(*) as n from verdict where rule = 'source-misjudged'`)).toBe(7)
  await world.set(bad, 'active')
  expect(await withheld(world)).toBe(7)
  expect((await world.books()).balanced).toBe(true)
})
