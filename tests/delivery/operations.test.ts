import { expect, onTestFinished, test } from 'vitest'
import { acknowledge, readCallback } from '../../src/delivery/acknowledge.ts'
import { backlog, outlookOf } from '../../src/delivery/backlog.ts'
import { pauseDelivery, resume } from '../../src/delivery/pauses.ts'
import { createReplay, previewReplay, replays } from '../../src/delivery/replay.ts'
import { markUrgent } from '../../src/delivery/urgent.ts'
import { inTransaction } from '../../src/store/connect.ts'
import { spreadUrgentMarks } from '../../src/store/delivery-urgent.ts'
import { settleDeliveries } from '../../src/store/delivery-settle.ts'
import type { Chosen } from '../../src/store/replays.ts'
import { acknowledgement, honest, sendJson, startFakeDestination, type FakeDestination } from './fake-destination.ts'
import { makeWorld, until } from './world.ts'

async function fake(): Promise<FakeDestination> {
  const destination = await startFakeDestination()
  onTestFinished(() => destination.stop())
  return destination
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

test('a pause holds one destination, or one form kind of it, until it is resumed with a reason', async () => {
  const world = await makeWorld()
  const [sciensano, vaccinnet] = [await fake(), await fake()]
  const paused = await pauseDelivery(world.db, { destination: 'sciensano', formKind: 'rapid-test' }, 'they move', 'an')
  await world.put({}, { kind: 'vaccination' })
  world.deliver({ sciensano: sciensano.url, vaccinnet: vaccinnet.url })
  await until(
    () => world.states('vaccinnet'),
    ({ acknowledged }) => acknowledged === 1,
  )
  await pause(300)
  expect(await world.states()).toEqual({ waiting: 1 })

  await resume(world.db, paused.id, 'moved', 'an')
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 1,
  )
  await expect(resume(world.db, paused.id, 'again', 'an')).rejects.toMatchObject({ code: 'pause-not-running' })
  await expect(resume(world.db, 99_999, 'again', 'an')).rejects.toMatchObject({ code: 'pause-unknown' })
  await expect(pauseDelivery(world.db, {}, ' ', 'an')).rejects.toMatchObject({ code: 'pause-without-reason' })
})

test('what a pause held back goes out in the order it came, patient by patient', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const paused = await pauseDelivery(world.db, { destination: 'sciensano' }, 'they move', 'an')
  world.deliver({ sciensano: sciensano.url }, { concurrency: 4, batch: 4 })
  const given = Array.from({ length: 24 }, (_, i) => ({ insz: `patient-${i % 3}` }))
  const stored = [...(await world.put(...given.slice(0, 12))), ...(await world.put(...given.slice(12)))]
  await resume(world.db, paused.id, 'moved', 'an')
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 24,
  )
  const places = sciensano.posts.map(({ body }) => stored.findIndex(({ receipt }) => body.includes(`${receipt}.0`)))
  for (const patient of [0, 1, 2]) {
    const own = places.filter((place) => place % 3 === patient)
    expect(own).toEqual(own.toSorted((a, b) => a - b))
    expect(own).toHaveLength(8)
  }
})

test('an urgent record goes first and takes along what must go before it', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const stored = await world.put(
    ...Array.from({ length: 30 }, (_, i) => ({ insz: i === 20 || i === 25 ? 'traveller' : String(i) })),
  )
  expect(await markUrgent(world.db, `${stored[25]!.receipt}.0`, 'boards at six', 'helpdesk')).toBe(2)
  // Nothing more is answered until the first is written down: what comes in between does not depend on the machine.
  sciensano.behave = async (posted, response, self) => {
    if (self.posts.length > 1)
      await until(
        () => world.states(),
        ({ acknowledged = 0 }) => acknowledged > 0,
      )
    return honest(posted, response, self)
  }
  world.deliver({ sciensano: sciensano.url }, { concurrency: 1, batch: 4, timeoutMs: 20_000, leaseMs: 60_000 })
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 30,
  )
  const order = sciensano.posts.map(({ body }) => stored.findIndex(({ receipt }) => body.includes(`${receipt}.0`)))
  expect(order.indexOf(20)).toBeLessThan(order.indexOf(25))
  // One claim may have been under way before the second of them became the head of its patient.
  expect(order.indexOf(25)).toBeLessThan(10)
  await expect(markUrgent(world.db, 'no such receipt', 'x', 'y')).rejects.toMatchObject({ code: 'receipt-unknown' })
})

test('a mark on a message that is planned later counts for its deliveries', async () => {
  const world = await makeWorld()
  const [stored] = await world.put({})
  await world.query('delete from entry where delivery is not null')
  await world.query('delete from delivery')
  await world.query('delete from delivery_key')
  await markUrgent(world.db, stored!.receipt, 'waiting at the counter', 'helpdesk')
  await world.plan([stored!])
  expect(await world.query('select urgent from delivery')).toEqual([{ urgent: true }])
})

test('and for what must go before these', async () => {
  const world = await makeWorld()
  const [before, , later] = await world.put({ insz: 'traveller' }, { insz: 'other' }, { insz: 'traveller' })
  await world.query('delete from entry where record = $1 and delivery is not null', [later!.id])
  await world.query('delete from delivery_key where delivery = (select id from delivery where record = $1)', [
    later!.id,
  ])
  await world.query('delete from delivery where record = $1', [later!.id])
  expect(await markUrgent(world.db, later!.receipt, 'waiting at the counter', 'helpdesk')).toBe(0)
  await world.plan([later!])
  await inTransaction(world.db, spreadUrgentMarks)
  const urgent = await world.query<{ record: number }>('select record from delivery where urgent order by record')
  expect(urgent.map(({ record }) => record)).toEqual([before!.id, later!.id])
})

test('an open breaker spares a destination that is down, and what waited goes out when it is back', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  let down = true
  sciensano.behave = (posted, response, self) => (down ? sendJson(response, 500, {}) : honest(posted, response, self))
  await world.put(...Array.from({ length: 40 }, () => ({})))
  world.deliver({ sciensano: sciensano.url }, { concurrency: 4, batch: 8 })
  await until(
    async () => (await backlog(world.db, new Date())).destinations[0]?.breaker,
    (state) => state === 'open',
  )
  const tried = sciensano.posts.length
  await pause(400)
  expect(sciensano.posts.length - tried).toBeLessThan(15)

  down = false
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 40,
  )
  expect([...sciensano.effects.values()].every((count) => count === 1)).toBe(true)
  const view = await backlog(world.db, new Date())
  expect(view.destinations[0]?.breaker).toBe('closed')
})

test('a trial with fewer deliveries than it wants goes on with the next ones at once', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  let down = true
  sciensano.behave = (posted, response, self) => (down ? sendJson(response, 500, {}) : honest(posted, response, self))
  const breaker = { failures: 1, openMs: 100, trial: 3 }
  world.deliver({ sciensano: sciensano.url }, { breaker, leaseMs: 60_000 })
  await world.put({})
  await until(
    async () => (await backlog(world.db, new Date())).destinations[0]?.breaker,
    (state) => state === 'open',
  )
  down = false
  for (const count of [1, 2, 3]) {
    await until(
      () => world.states(),
      ({ acknowledged }) => acknowledged === count,
    )
    await world.put({})
  }
  await until(
    async () => (await backlog(world.db, new Date())).destinations[0]?.breaker,
    (state) => state === 'closed',
  )
})

test('late acknowledgements settle only their own delivery, once, with the right hash', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  sciensano.behave = (posted, response) =>
    sendJson(response, 202, { deliveryId: posted.uid, state: 'pending', ticket: 't' })
  sciensano.answerAsk = (uid, response) => sendJson(response, 200, { deliveryId: uid, state: 'pending', ticket: 't' })
  await world.put({}, {})
  const delivery = world.deliver({ sciensano: sciensano.url }, { ask: { afterMs: 60_000, maxMs: 60_000 } })
  await until(
    () => world.states(),
    ({ pending }) => pending === 2,
  )
  await delivery.stop()
  const [first, second] = sciensano.posts
  const call = (from: string, body: object) => acknowledge(world.db, readCallback(from, body)!, 'test')

  expect(await call('vaccinnet', acknowledgement(first!))).toEqual({ state: 'unmatched' })
  expect(await call('sciensano', acknowledgement(first!, { sha256: '0'.repeat(64) }))).toEqual({ state: 'early' })
  expect(await world.states()).toEqual({ pending: 2 })
  expect(await call('sciensano', acknowledgement(first!))).toEqual({ state: 'settled' })
  expect(await call('sciensano', acknowledgement(first!))).toEqual({ state: 'again' })
  expect(await call('sciensano', { deliveryId: first!.uid, state: 'refused' })).toEqual({ state: 'unmatched' })
  expect(
    await call('sciensano', acknowledgement(second!, { deliveryId: '00000000-0000-8000-8000-000000000000' })),
  ).toEqual({
    state: 'unmatched',
  })
  expect(await world.states()).toEqual({ acknowledged: 1, pending: 1 })
  const entries = await world.query(
    `select detail->>'why' as why from entry where kind = 'unmatched-acknowledgement' order by id`,
  )
  expect(entries).toEqual([
    { why: 'delivery-of-another-destination' },
    { why: 'contradicts-an-earlier-answer' },
    { why: 'delivery-unknown' },
  ])
  expect(readCallback('sciensano', { deliveryId: 'x', state: 'acknowledged' })).toBeNull()
})

test('what a destination has acknowledged by itself is not taken back by an answer that comes later', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  sciensano.behave = () => undefined
  await world.put({})
  const [{ uid, id } = { uid: '', id: 0 }] = await world.query<{ uid: string; id: number }>(
    'select uid, id from delivery',
  )
  const lease = '00000000-0000-8000-8000-000000000001'
  await world.query(`update delivery set lease = '${lease}', leased_until = now() - interval '1 second'`)
  const said = { deliveryId: uid, state: 'acknowledged', sha256: 'a'.repeat(64) }
  await world.query(`update delivery set body_sha256 = decode('${'a'.repeat(64)}', 'hex')`)
  expect(await acknowledge(world.db, readCallback('sciensano', said)!, 'test')).toEqual({ state: 'settled' })
  const timedOut = { state: 'unknown', code: 'no-answer', text: null, reference: null, delayMs: 0, restMs: 0 } as const
  const answer = { id, lease, ...timedOut, sha256: null, tried: true, noted: true }
  expect(await settleDeliveries(world.db, [answer], 'test')).toMatchObject({ lost: [id] })
  expect(await world.states()).toEqual({ acknowledged: 1 })
})

test('a replay asks first, sends only what is not known there, and ends in a count sheet', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  await world.put(...Array.from({ length: 20 }, () => ({})))
  world.deliver({ sciensano: sciensano.url })
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 20,
  )
  const before = await world.query('select id, settled_at, received_at from delivery order by id')
  // The destination lost five of them.
  for (const { uid } of sciensano.posts.slice(0, 5)) sciensano.known.delete(uid)

  const chosen: Chosen = {
    destination: 'sciensano',
    from: '2020-01-01',
    to: '2099-01-01',
    senderId: null,
    formKind: null,
    states: ['acknowledged'],
  }
  expect((await previewReplay(world.db, chosen)).total).toBe(20)
  const id = await createReplay(world.db, { chosen, perSecond: 30, reason: 'they lost a disk', owner: 'an' })
  const [done] = await until(
    () => replays(world.db, id),
    ([one]) => one?.state === 'done',
  )
  expect(done?.sheet).toEqual({
    chosen: 20,
    released: 20,
    acknowledged: 20,
    refused: 0,
    withdrawn: 0,
    waiting: 0,
    sentAgain: 5,
  })
  expect(sciensano.posts).toHaveLength(25)
  expect(await world.query('select id, settled_at, received_at from delivery order by id')).toEqual(before)
  await expect(
    createReplay(world.db, { chosen: { ...chosen, senderId: 99 }, perSecond: 1, reason: 'x', owner: 'y' }),
  ).rejects.toMatchObject({ code: 'replay-empty' })
})

test('a backlog says how long it takes, or that it grows or stands', () => {
  expect(outlookOf({ count: 0, fresh: 0 }, 0)).toEqual({ state: 'empty' })
  expect(outlookOf({ count: 600, fresh: 0 }, 10)).toEqual({ state: 'emptying', seconds: 60 })
  expect(outlookOf({ count: 6_000, fresh: 900 }, 10)).toEqual({ state: 'growing' })
  expect(outlookOf({ count: 6, fresh: 0 }, 0)).toEqual({ state: 'standing' })
})
