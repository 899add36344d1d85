import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { pauseDelivery, resume } from '../../src/delivery/pauses.ts'
import { honest, startFakeDestination } from './fake-destination.ts'
import { makeWorld, until } from './world.ts'

test('a pause takes back what a slow destination has been claimed for, of what is paused and of nothing else', async () => {
  const world = await makeWorld()
  const vaccinnet = await startFakeDestination()
  onTestFinished(() => vaccinnet.stop())
  vaccinnet.behave = async (posted, response, self) => {
    await sleep(300)
    return honest(posted, response, self)
  }
  await world.put(...Array.from({ length: 60 }, () => ({ kind: 'vaccination' as const })), { kind: 'booster-1' })
  await world.query(`update delivery set due_at = now() + interval '1 second' where form_kind = 'booster-1'`)
  const slow = { concurrency: 2, batch: 100, timeoutMs: 10_000, leaseMs: 60_000 }
  world.deliver({ vaccinnet: vaccinnet.url }, slow)
  await until(
    async () => vaccinnet.posts.length,
    (posts) => posts > 1,
  )
  const paused = await pauseDelivery(world.db, { destination: 'vaccinnet', formKind: 'vaccination' }, 'they move', 'an')
  const leased = `select id from delivery where destination = 'vaccinnet' and state = 'waiting' and lease is not null`
  await until(
    () => world.query(leased),
    (rows) => rows.length === 0,
  )
  const posted = vaccinnet.posts.length
  // Two at a time, 0.3 s each, for as long as it takes until somebody looks.
  expect(posted).toBeLessThan(30)
  await until(
    () => world.query(`select id from delivery where form_kind = 'booster-1' and state = 'acknowledged'`),
    (rows) => rows.length === 1,
  )
  await sleep(500)
  expect(vaccinnet.posts.length).toBeLessThanOrEqual(posted + 1)
  expect(await world.query(leased)).toEqual([])

  vaccinnet.behave = honest
  await resume(world.db, paused.id, 'moved', 'an')
  await until(
    () => world.states('vaccinnet'),
    ({ acknowledged }) => acknowledged === 61,
  )
  expect([...vaccinnet.effects.values()].every((count) => count === 1)).toBe(true)
})
