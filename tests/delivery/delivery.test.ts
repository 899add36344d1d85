import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { claimDeliveries, returnLeases } from '../../src/store/delivery-claim.ts'
import type { ClaimedDelivery } from '../../src/store/delivery-claimed.ts'
import { honest, sendJson, startFakeDestination, type FakeDestination } from './fake-destination.ts'
import { makeWorld, until } from './world.ts'

async function fake(): Promise<FakeDestination> {
  const destination = await startFakeDestination()
  onTestFinished(() => destination.stop())
  return destination
}

test('what is owed is sent once, acknowledged, and told in entries', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const stored = await world.put({}, {}, {})
  world.deliver({ sciensano: sciensano.url })
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 3,
  )

  expect(sciensano.posts).toHaveLength(3)
  expect(sciensano.posts[0]!.headers).toMatchObject({
    authorization: 'Bearer secret',
    'idempotency-key': sciensano.posts[0]!.uid,
    'content-type': 'application/fhir+json',
  })
  const entries = await world.query<{ kind: string; actor: string; tell: boolean }>(
    `select kind, actor, tell from entry where record = $1 and delivery is not null order by id`,
    [stored[0]!.id],
  )
  expect(entries).toEqual([
    { kind: 'owed', actor: 'hub:test', tell: false },
    { kind: 'acknowledged', actor: 'destination:sciensano', tell: false },
  ])
})

test('planning the same records twice owes them once', async () => {
  const world = await makeWorld()
  const stored = await world.put({ result: 'negative' })
  await world.plan(stored)
  expect(await world.query('select destination, state from delivery order by id')).toEqual([
    { destination: 'sciensano', state: 'waiting' },
    { destination: 'digitaal-vlaanderen', state: 'blocked' },
  ])
  expect(await world.query(`select count(*)::int as count from entry where kind = 'owed'`)).toEqual([{ count: 2 }])
})

test('a refusal is final, tells the sender, and withdraws what waited for it', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  sciensano.behave = (posted, response) =>
    sendJson(response, 422, {
      deliveryId: posted.uid,
      state: 'refused',
      code: 'device-unknown',
      text: 'Not on the list',
    })
  await world.put({ result: 'negative' })
  world.deliver({ sciensano: sciensano.url })
  await until(
    () => world.states('digitaal-vlaanderen'),
    ({ withdrawn }) => withdrawn === 1,
  )

  expect(await world.states()).toEqual({ refused: 1 })
  expect(sciensano.posts).toHaveLength(1)
  const told = await world.query(`select kind, detail->>'code' as code from entry where tell`)
  expect(told).toEqual([{ kind: 'refused-by-destination', code: 'device-unknown' }])
})

test('technical trouble is tried again until it works', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  let failures = 3
  sciensano.behave = (posted, response, self) =>
    failures-- > 0 ? sendJson(response, 500, {}) : honest(posted, response, self)
  await world.put({})
  world.deliver({ sciensano: sciensano.url })
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 1,
  )
  expect(sciensano.effects.size).toBe(1)
  const [row] = await world.query(`select attempts, last_code from delivery`)
  expect(row).toEqual({ attempts: 4, last_code: null })
})

test('the order of one patient is kept by parallel lanes, also when the first one has trouble', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const failed = new Set<string>()
  sciensano.behave = (posted, response, self) => {
    if (!failed.has(posted.uid) && failed.add(posted.uid).size % 2 === 0) return sendJson(response, 500, {})
    return honest(posted, response, self)
  }
  const stored = await world.put(...Array.from({ length: 12 }, (_, i) => ({ insz: i % 2 === 0 ? '1' : '2' })))
  world.deliver({ sciensano: sciensano.url }, { breaker: { failures: 1000, openMs: 100, trial: 1 } })
  world.deliver({ sciensano: sciensano.url }, { breaker: { failures: 1000, openMs: 100, trial: 1 } }, 'other')
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 12,
  )

  const acted = [...sciensano.known.values()].map(({ body }) => body)
  for (const insz of ['1', '2']) {
    const wanted = stored.filter(({ record }) => record.subject?.insz === insz).map(({ receipt }) => receipt)
    const seen = acted
      .map((body) => wanted.find((receipt) => body.includes(`${receipt}.0`)))
      .filter((r) => r !== undefined)
    expect(seen).toEqual(wanted)
  }
})

test('a lease that ran out is asked after before anything is sent again', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  await world.put({}, {})
  const [first, second] = await world.query<{ id: number; uid: string }>('select id, uid from delivery order by id')
  // A node was killed: one was sent and acted on, the other was not.
  await world.query(`update delivery set lease = gen_random_uuid(), leased_until = now() - interval '1 second'`)
  sciensano.answerAsk = (uid, response) => {
    if (uid !== first!.uid) return sendJson(response, 404, { deliveryId: uid, state: 'unknown' })
    return sendJson(response, 200, { deliveryId: uid, state: 'refused', code: 'known', text: '' })
  }
  world.deliver({ sciensano: sciensano.url })
  await until(
    () => world.states(),
    ({ acknowledged, refused }) => acknowledged === 1 && refused === 1,
  )
  expect(sciensano.posts.map(({ uid }) => uid)).toEqual([second!.uid])
  expect(sciensano.asks).toHaveLength(2)
})

test('a lease that ran out and is given back unused is still asked after', async () => {
  const world = await makeWorld()
  await world.put({}, {})
  const claim = (): Promise<ClaimedDelivery[]> => {
    const lanes = [{ service: 'eforms', formKind: 'rapid-test', share: 5 }]
    const lease = randomUUID()
    return claimDeliveries(world.db, {
      destination: 'sciensano',
      lanes,
      total: 5,
      lease,
      leaseMs: 60_000,
      node: 'test',
    })
  }
  const giveBack = (claimed: readonly ClaimedDelivery[], lease: string): Promise<void> =>
    returnLeases(
      world.db,
      claimed.map(({ id, expired }) => ({ id, expired, lease })),
    )
  const leaseOf = async (): Promise<string> =>
    (await world.query<{ lease: string }>('select lease from delivery where lease is not null limit 1'))[0]!.lease

  const unused = await claim()
  expect(unused.map(({ expired }) => expired)).toEqual([false, false])
  await giveBack(unused, await leaseOf())
  const taken = await claim()
  expect(taken.map(({ expired }) => expired)).toEqual([false, false])
  // The node that had them died: nobody knows what it did.
  await world.query(`update delivery set leased_until = now() - interval '1 second'`)
  const overtaken = await claim()
  expect(overtaken.map(({ expired }) => expired)).toEqual([true, true])
  await giveBack(overtaken, await leaseOf())
  expect((await claim()).map(({ expired }) => expired)).toEqual([true, true])
})

test('an answer that was not written, because another node had taken the delivery, is not counted', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  await world.put({}, {})
  sciensano.behave = async (posted, response, self) => {
    if (self.posts[0] === posted)
      await world.query(
        `update delivery set lease = gen_random_uuid(), leased_until = now() + interval '1 hour' where uid = $1`,
        [posted.uid],
      )
    await honest(posted, response, self)
  }
  const delivery = world.deliver({ sciensano: sciensano.url }, { timeoutMs: 5_000, leaseMs: 60_000 })
  const counted = () => delivery.counters().get('sciensano')!
  await until(
    async () => [counted().leasesLost, (await world.states()).acknowledged] as const,
    ([lost, acknowledged]) => lost === 1 && acknowledged === 1,
  )
  await delivery.stop()
  expect(await world.states()).toEqual({ acknowledged: 1, waiting: 1 })
  expect(counted()).toMatchObject({ sent: 2, acknowledged: 1, leasesLost: 1 })
})

test('stopping hands unused leases back and finishes what is in flight', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  sciensano.behave = async (posted, response, self) => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    await honest(posted, response, self)
  }
  await world.put(...Array.from({ length: 200 }, () => ({})))
  const delivery = world.deliver({ sciensano: sciensano.url }, { concurrency: 4, leaseMs: 20_000 })
  await until(
    async () => sciensano.posts.length,
    (posts) => posts > 4,
  )
  await delivery.stop()
  const [left] = await world.query<{ leased: number; acknowledged: number }>(
    `select count(lease)::int as leased, count(*) filter (where state = 'acknowledged')::int as acknowledged from delivery`,
  )
  expect(left).toEqual({ leased: 0, acknowledged: sciensano.posts.length })
})
