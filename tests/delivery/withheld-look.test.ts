import { expect, onTestFinished, test } from 'vitest'
import { startFakeDestination } from './fake-destination.ts'
import { makeWorld, until } from './world.ts'

test('when what is withheld cannot be looked at, everything else goes out all the same', async () => {
  const world = await makeWorld()
  const sciensano = await startFakeDestination()
  onTestFinished(() => sciensano.stop())
  await world.put(...Array.from({ length: 20 }, () => ({})))
  let looks = 0
  const broken: typeof world.db = {
    ...world.db,
    query(statement) {
      if (statement.name !== 'claim-held') return world.db.query(statement)
      looks += 1
      return Promise.reject(new Error('Query read timeout'))
    },
  }
  world.deliver({ sciensano: sciensano.url }, { leaseMs: 60_000, timeoutMs: 20_000 }, 'test', broken)
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 20,
  )
  expect(looks).toBeGreaterThan(0)
  expect(sciensano.posts).toHaveLength(20)
})

test('what is let go does not wait behind a backlog that fills every claim', async () => {
  const world = await makeWorld()
  const sciensano = await startFakeDestination()
  onTestFinished(() => sciensano.stop())
  const put = await world.put(...Array.from({ length: 100 }, () => ({})))
  // As after a release: some version says withhold, and none that counts does any more.
  await world.query('update delivery set held = true, urgent = true where record = $1', [put.at(-1)!.id])
  const [freed] = await world.query<{ uid: string }>('select uid from delivery where held')
  world.deliver({ sciensano: sciensano.url }, { batch: 8, concurrency: 2 })
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 100,
  )
  const order = sciensano.posts.map(({ uid }) => uid)
  expect(order).toHaveLength(100)
  expect(order).toContain(freed!.uid)
  expect(order.indexOf(freed!.uid)).toBeLessThan(30)
})
