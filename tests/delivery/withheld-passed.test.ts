import { expect, test } from 'vitest'
import { fake } from './neighbours.ts'
import { letGo, withhold } from './withhold.ts'
import { makeWorld, until } from './world.ts'

test('what is withheld of a patient keeps nothing else waiting, and goes out when it is let go', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const [first] = await world.put({ insz: 'same' }, { insz: 'same' }, { insz: 'other' })
  await withhold(world, first!)
  world.deliver({ sciensano: sciensano.url })
  await until(
    () => world.states(),
    ({ acknowledged = 0 }) => acknowledged === 2,
  )
  expect(await world.states()).toEqual({ acknowledged: 2, waiting: 1 })
  await letGo(world, first!)
  await until(
    () => world.states(),
    ({ acknowledged = 0 }) => acknowledged === 3,
  )
})
