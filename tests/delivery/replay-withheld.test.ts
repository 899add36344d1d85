import { expect, test } from 'vitest'
import { createReplay, previewReplay, replays, runReplays } from '../../src/delivery/replay.ts'
import type { Chosen } from '../../src/store/replays.ts'
import { fake } from './neighbours.ts'
import { letGo, withhold } from './withhold.ts'
import { makeWorld, until, type World } from './world.ts'

const chosen: Chosen = {
  destination: 'sciensano',
  from: '2020-01-01',
  to: '2099-01-01',
  senderId: null,
  formKind: null,
  states: ['acknowledged'],
}

const start = (world: World): Promise<number> =>
  createReplay(world.db, { chosen, perSecond: 100, reason: 'they lost a disk', owner: 'an' })

const ended = (world: World, id: number) =>
  until(
    async () => {
      await runReplays(world.db)
      return (await replays(world.db, id))[0]!
    },
    ({ state }) => state === 'done',
  )

test('a replay leaves out what is withheld now, and comes to its end', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const [first, second] = await world.put({}, {})
  world.deliver({ sciensano: sciensano.url })
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 2,
  )
  sciensano.known.clear()
  sciensano.posts.length = 0
  await withhold(world, first!)
  expect((await previewReplay(world.db, chosen)).total).toBe(1)
  const { sheet } = await ended(world, await start(world))
  expect(sheet).toMatchObject({ chosen: 1, acknowledged: 1, sentAgain: 1 })
  expect(sciensano.posts).toHaveLength(1)
  expect(sciensano.posts[0]!.body).toContain(`"${second!.receipt}.0"`)
})

test('what is withheld after a replay released it keeps the replay no longer, and goes out when it is let go', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const [first] = await world.put({})
  const delivery = world.deliver({ sciensano: sciensano.url })
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 1,
  )
  await delivery.stop()
  // A version withheld it once: whether it may go is asked again.
  await withhold(world, first!)
  await letGo(world, first!)
  const id = await start(world)
  await until(
    () => runReplays(world.db),
    (released) => released === 1,
  )
  expect(await world.query('select state, held from delivery')).toEqual([{ state: 'unknown', held: true }])
  await withhold(world, first!)
  expect((await ended(world, id)).sheet).toMatchObject({ released: 1, waiting: 1 })
  sciensano.asks.length = 0
  world.deliver({ sciensano: sciensano.url })
  await world.put({})
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 1,
  )
  expect(sciensano.asks).toEqual([])
  await letGo(world, first!)
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 2,
  )
})
