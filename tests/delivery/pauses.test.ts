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

test('a withdrawal that does not tell its kind waits and counts as what it withdraws', async () => {
  const world = await makeWorld()
  const vaccinnet = await startFakeDestination()
  onTestFinished(() => vaccinnet.stop())
  await world.put({ messageId: 'm1', kind: 'booster-1' })
  const delivery = world.deliver({ vaccinnet: vaccinnet.url })
  const acknowledged = (count: number) =>
    until(
      () => world.states('vaccinnet'),
      (states) => states['acknowledged'] === count,
    )
  await acknowledged(1)
  await delivery.stop()
  const scope = { destination: 'vaccinnet', formKind: 'booster-1' }
  const pause = await pauseDelivery(world.db, scope, 'they count them anew', 'an')
  const withdrawal = { state: 'withdraw', motive: 'wrong person' } as const
  await world.put(
    { messageId: 'm2', kind: 'vaccination', action: { ...withdrawal, replacesMessageId: 'm1' } },
    // In one batch, and before what it withdraws.
    { messageId: 'm4', kind: 'vaccination', action: { ...withdrawal, replacesMessageId: 'm3' } },
    { messageId: 'm3', kind: 'booster-1' },
    { kind: 'vaccination' },
  )
  world.deliver({ vaccinnet: vaccinnet.url })
  await acknowledged(2)
  expect(await world.states('vaccinnet')).toEqual({ acknowledged: 2, waiting: 3 })
  await resume(world.db, pause.id, 'done', 'an')
  await acknowledged(5)
  const kinds = await world.query(
    `select form_kind, count(*)::int as count from delivery where destination = 'vaccinnet' group by 1 order by 1`,
  )
  expect(kinds).toEqual([
    { form_kind: 'booster-1', count: 4 },
    { form_kind: 'vaccination', count: 1 },
  ])
})
