import { expect, onTestFinished, test } from 'vitest'
import { createReplay, previewReplay, replays } from '../../src/delivery/replay.ts'
import type { Chosen, ReplayableState, ReplaySheet } from '../../src/store/replays.ts'
import { honest, sendJson, startFakeDestination, type FakeDestination } from './fake-destination.ts'
import { issue } from './issue-certificate.ts'
import { makeWorld, until, type Stored, type World } from './world.ts'

async function fake(): Promise<FakeDestination> {
  const destination = await startFakeDestination()
  onTestFinished(() => destination.stop())
  return destination
}

const everything: Chosen = {
  destination: 'sciensano',
  from: '2020-01-01',
  to: '2099-01-01',
  senderId: null,
  formKind: null,
  states: ['acknowledged'],
}

/** A sheet of a replay that ended well. */
const sheet = (chosen: number, over: Partial<ReplaySheet>): ReplaySheet => ({
  chosen,
  released: chosen,
  acknowledged: chosen,
  refused: 0,
  withdrawn: 0,
  waiting: 0,
  sentAgain: 0,
  ...over,
})

async function replay(world: World, chosen: Chosen, perSecond = 100): Promise<ReplaySheet | null> {
  const id = await createReplay(world.db, { chosen, perSecond, reason: 'they lost a disk', owner: 'an' })
  const [done] = await until(
    () => replays(world.db, id),
    ([one]) => one?.state === 'done',
  )
  return done?.sheet ?? null
}

/** Records as places in the order they were put, by the numbers deliveries of them go by. */
async function placesByUid(world: World, stored: readonly Stored[]): Promise<Map<string, number>> {
  const rows = await world.query<{ uid: string; record: number }>('select uid, record from delivery')
  return new Map(rows.map(({ uid, record }) => [uid, stored.findIndex(({ id }) => id === record)]))
}

const inOrder = (places: readonly (number | undefined)[]): number[] =>
  places.map((place) => place ?? -1).toSorted((a, b) => a - b)

test('range, destination, sender and form kind each choose some and leave the others alone', async () => {
  const world = await makeWorld()
  const [sciensano, vaccinnet, issuer] = [await fake(), await fake(), await fake()]
  issuer.behave = issue
  const town = { sciensano, vaccinnet, 'digitaal-vlaanderen': issuer }
  const now = Date.now()
  const ago = (minutes: number): Date => new Date(now - minutes * 60_000)
  const stored = await world.put(
    { result: 'negative', receivedAt: ago(30) },
    { result: 'negative', receivedAt: ago(20) },
    { result: 'negative', receivedAt: ago(10) },
    { result: 'negative', receivedAt: ago(20), senderId: 2 },
    { kind: 'vaccination', receivedAt: ago(20) },
  )
  world.deliver(Object.fromEntries(Object.entries(town).map(([name, { url }]) => [name, url])))
  const open = `select 1 from delivery where state <> 'acknowledged'`
  await until(
    () => world.query(open),
    (rows) => rows.length === 0,
  )
  const places = await placesByUid(world, stored)

  /** What each destination was asked and sent anew, by place, after all of them lost what they had. */
  const replayed = async (narrow: Partial<Chosen>): Promise<object> => {
    for (const { known, asks, posts } of Object.values(town)) {
      known.clear()
      asks.length = posts.length = 0
    }
    const chosen = { ...everything, ...narrow }
    const { total } = await previewReplay(world.db, chosen)
    expect(await replay(world, chosen)).toEqual(sheet(total, { sentAgain: total }))
    const got = Object.entries(town).map(([name, { asks, posts }]) => {
      const sent = inOrder(posts.map(({ uid }) => places.get(uid)))
      expect(inOrder(asks.map((uid) => places.get(uid)))).toEqual(sent)
      return [name, sent] as const
    })
    expect(got.flatMap(([, sent]) => sent)).toHaveLength(total)
    return Object.fromEntries(got.filter(([, sent]) => sent.length > 0))
  }

  expect(await replayed({})).toEqual({ sciensano: [0, 1, 2, 3] })
  expect(await replayed({ destination: 'vaccinnet' })).toEqual({ vaccinnet: [4] })
  // What came in at the very moment a range begins belongs to it, at the moment it ends no more.
  const range = { from: ago(20).toISOString(), to: ago(10).toISOString() }
  expect(await replayed(range)).toEqual({ sciensano: [1, 3] })
  expect(await replayed({ from: ago(19).toISOString() })).toEqual({ sciensano: [2] })
  expect(await replayed({ senderId: 2 })).toEqual({ sciensano: [3] })
  expect(await replayed({ senderId: 1, ...range })).toEqual({ sciensano: [1] })
  const certificates = { destination: 'digitaal-vlaanderen' }
  expect(await replayed(certificates)).toEqual({ 'digitaal-vlaanderen': [0, 1, 2, 3, 4] })
  expect(await replayed({ ...certificates, formKind: 'vaccination' })).toEqual({ 'digitaal-vlaanderen': [4] })
  expect(await replayed({ ...certificates, formKind: 'rapid-test', senderId: 1 })).toEqual({
    'digitaal-vlaanderen': [0, 1, 2],
  })
  expect((await previewReplay(world.db, { ...everything, ...certificates })).lines).toEqual([
    { state: 'acknowledged', formKind: 'rapid-test', count: 4 },
    { state: 'acknowledged', formKind: 'vaccination', count: 1 },
  ])
})

test('each state chooses its own: what may be there is asked after, what was refused or waits is sent', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const states = ['acknowledged', 'refused', 'refused', 'waiting', 'unknown', 'pending'] as const
  const stored = await world.put(...states.map(() => ({})))
  const places = await placesByUid(world, stored)
  const stillRefused = 2
  const place = (uid: string): number => places.get(uid)!
  const refuse: FakeDestination['behave'] = ({ uid }, response) =>
    sendJson(response, 422, { deliveryId: uid, state: 'refused', code: 'not-theirs' })
  sciensano.behave = (posted, response, self) => {
    const state = states[place(posted.uid)]
    if (state === 'refused') return refuse(posted, response, self)
    if (state === 'waiting') return sendJson(response, 503, {})
    if (state === 'acknowledged') return honest(posted, response, self)
    self.act(posted)
    // The others are done there; one of them is not told so, the other only that it will be.
    if (state === 'pending') sendJson(response, 202, { deliveryId: posted.uid, state, ticket: 't' })
  }
  sciensano.answerAsk = (_uid, response) => sendJson(response, 503, {})
  const patient = {
    timeoutMs: 1_000,
    leaseMs: 5_000,
    breaker: { failures: 1_000, openMs: 100, trial: 1 },
    ask: { afterMs: 60_000, maxMs: 60_000 },
  }
  const delivery = world.deliver({ sciensano: sciensano.url }, patient)
  const started = { acknowledged: 1, refused: 2, waiting: 1, unknown: 1, pending: 1 }
  await until(
    () => world.states(),
    (seen) => Object.entries(started).every(([state, count]) => seen[state] === count),
  )
  await delivery.stop()
  // Nothing but a replay moves what is open.
  await world.query(
    `update delivery set due_at = now() + interval '1 hour' where state in ('waiting', 'unknown', 'pending')`,
  )
  sciensano.answerAsk = null
  sciensano.behave = (posted, response, self) =>
    (place(posted.uid) === stillRefused ? refuse : honest)(posted, response, self)
  world.deliver({ sciensano: sciensano.url }, patient)

  const replayed = async (...chosen: ReplayableState[]): Promise<object> => {
    sciensano.asks.length = sciensano.posts.length = 0
    const became = await replay(world, { ...everything, states: chosen })
    const sent = inOrder(sciensano.posts.map(({ uid }) => place(uid)))
    return { asked: inOrder(sciensano.asks.map(place)), sent, became, left: await world.states() }
  }
  expect(await replayed('refused')).toEqual({
    asked: [],
    sent: [1, 2],
    became: sheet(2, { acknowledged: 1, refused: 1, sentAgain: 2 }),
    left: { acknowledged: 2, refused: 1, waiting: 1, unknown: 1, pending: 1 },
  })
  expect(await replayed('waiting')).toEqual({
    asked: [],
    sent: [3],
    became: sheet(1, { sentAgain: 1 }),
    left: { acknowledged: 3, refused: 1, unknown: 1, pending: 1 },
  })
  expect(await replayed('pending')).toEqual({
    asked: [5],
    sent: [],
    became: sheet(1, {}),
    left: { acknowledged: 4, refused: 1, unknown: 1 },
  })
  expect(await replayed('unknown', 'refused')).toEqual({
    asked: [4],
    sent: [2],
    became: sheet(2, { acknowledged: 1, refused: 1, sentAgain: 1 }),
    left: { acknowledged: 5, refused: 1 },
  })
  expect(await replayed('acknowledged')).toEqual({
    asked: [0, 1, 3, 4, 5],
    sent: [],
    became: sheet(5, {}),
    left: { acknowledged: 5, refused: 1 },
  })
  expect(sciensano.effects).toEqual(
    new Map([...places.keys()].filter((uid) => place(uid) !== stillRefused).map((uid) => [uid, 1])),
  )
})

test('a replay keeps to its pace, over all nodes together', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  await world.put(...Array.from({ length: 20 }, () => ({})))
  world.deliver({ sciensano: sciensano.url })
  world.deliver({ sciensano: sciensano.url }, {}, 'other')
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 20,
  )
  expect(await replay(world, everything, 10)).toEqual(sheet(20, {}))
  const [told] = await world.query<{ count: number; seconds: number }>(
    `select count(*)::int as count, extract(epoch from max(e.at) - min(r.created_at))::float8 as seconds
     from entry e join replay r on r.id = (e.detail->>'replay')::bigint where e.kind = 'replayed'`,
  )
  // Twenty at ten a second: less than two seconds cannot be, however slow the machine.
  expect(told!.count).toBe(20)
  expect(told!.seconds).toBeGreaterThanOrEqual(1.9)
})
