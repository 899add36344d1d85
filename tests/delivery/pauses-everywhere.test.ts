import { expect, onTestFinished, test } from 'vitest'
import type { Database } from '../../src/store/connect.ts'
import type { Delivery } from '../../src/delivery/worker.ts'
import { pauseDelivery, resume } from '../../src/delivery/pauses.ts'
import { startFakeDestination, type FakeDestination } from './fake-destination.ts'
import { issue } from './issue-certificate.ts'
import { makeWorld, until, type World } from './world.ts'

const names = ['sciensano', 'vaccinnet', 'digitaal-vlaanderen'] as const
type Name = (typeof names)[number]

async function fakes(): Promise<Record<Name, FakeDestination>> {
  const [sciensano, vaccinnet, issuer] = await Promise.all(names.map(() => startFakeDestination()))
  const made = { sciensano: sciensano!, vaccinnet: vaccinnet!, 'digitaal-vlaanderen': issuer! }
  onTestFinished(async () => void (await Promise.all(Object.values(made).map((one) => one.stop()))))
  issuer!.behave = issue
  return made
}

/** A node whose looks at the gates are counted: what it did not take at two looks, it does not take. */
function startNode(world: World, town: Record<Name, FakeDestination>): { node: Delivery; looks(name: Name): number } {
  const looks = new Map<unknown, number>()
  const counting: Database = {
    ...world.db,
    query(config) {
      const [name] = config.values ?? []
      if (config.name === 'read-gate') looks.set(name, (looks.get(name) ?? 0) + 1)
      return world.db.query(config)
    },
  }
  const urls = Object.fromEntries(names.map((name) => [name, town[name].url]))
  return { node: world.deliver(urls, {}, 'test', counting), looks: (name) => looks.get(name) ?? 0 }
}

/** Waits until the node has looked at what is due now, at every gate, and has done with what it took. */
async function lookedEverywhere({ looks }: ReturnType<typeof startNode>): Promise<void> {
  const before = names.map(looks)
  // The first look at a new destination counts twice, and the one after it begins when the one before has taken all it takes.
  await until(
    async () => names.map((name, i) => looks(name) - before[i]!),
    (since) => since.every((count) => count >= 3),
  )
}

const taken = ({ node }: ReturnType<typeof startNode>): number[] =>
  names.map((name) => node.counters().get(name)!.claimed)

const owedWhere = (world: World) =>
  world.query<{ destination: string; formKind: string; state: string }>(
    `select destination, form_kind as "formKind", state from delivery order by destination, form_kind, id`,
  )

test('a paused service stands still at every destination, and goes on when it is resumed; another service does not hold it', async () => {
  const world = await makeWorld()
  const town = await fakes()
  await pauseDelivery(world.db, { service: 'lab' }, 'another service', 'an')
  const paused = await pauseDelivery(world.db, { service: 'eforms' }, 'the forms are wrong', 'an')
  await world.put({ result: 'negative' }, { kind: 'vaccination' })
  const running = startNode(world, town)
  await lookedEverywhere(running)
  expect(taken(running)).toEqual([0, 0, 0])
  expect([await world.states('sciensano'), await world.states('vaccinnet')]).toEqual([{ waiting: 1 }, { waiting: 1 }])

  await resume(world.db, paused.id, 'the forms are right', 'an')
  const owed = await until(
    () => owedWhere(world),
    (rows) => rows.every(({ state }) => state === 'acknowledged'),
  )
  expect(owed.map(({ destination }) => destination)).toEqual([
    'digitaal-vlaanderen',
    'digitaal-vlaanderen',
    'sciensano',
    'vaccinnet',
  ])
  expect(names.map((name) => town[name].posts.length)).toEqual([1, 1, 2])
})

test('a form kind paused everywhere waits at every destination while others pass it there', async () => {
  const world = await makeWorld()
  const town = await fakes()
  const first = startNode(world, town)
  // Its result is taken, its certificate is what waits first.
  const early = await pauseDelivery(world.db, { destination: 'digitaal-vlaanderen' }, 'they move', 'an')
  await world.put({ result: 'negative' })
  await until(
    () => world.states('sciensano'),
    ({ acknowledged }) => acknowledged === 1,
  )
  await first.node.stop()
  const paused = await pauseDelivery(world.db, { formKind: 'rapid-test' }, 'a device is wrong', 'an')
  await resume(world.db, early.id, 'moved', 'an')

  await world.put({ result: 'negative' }, { kind: 'vaccination' })
  const second = startNode(world, town)
  await until(
    () => world.states('digitaal-vlaanderen'),
    ({ acknowledged }) => acknowledged === 1,
  )
  await lookedEverywhere(second)
  expect(taken(second)).toEqual([0, 1, 1])
  expect(await owedWhere(world)).toEqual([
    { destination: 'digitaal-vlaanderen', formKind: 'rapid-test', state: 'waiting' },
    { destination: 'digitaal-vlaanderen', formKind: 'rapid-test', state: 'blocked' },
    { destination: 'digitaal-vlaanderen', formKind: 'vaccination', state: 'acknowledged' },
    { destination: 'sciensano', formKind: 'rapid-test', state: 'acknowledged' },
    { destination: 'sciensano', formKind: 'rapid-test', state: 'waiting' },
    { destination: 'vaccinnet', formKind: 'vaccination', state: 'acknowledged' },
  ])

  await resume(world.db, paused.id, 'the device is right', 'an')
  await until(
    () => owedWhere(world),
    (rows) => rows.every(({ state }) => state === 'acknowledged'),
  )
  expect(names.map((name) => town[name].posts.length)).toEqual([2, 1, 3])
})
