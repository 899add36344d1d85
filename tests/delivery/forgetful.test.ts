import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { askSoon } from '../../src/store/delivery-acknowledge.ts'
import { createReplay } from '../../src/delivery/replay.ts'
import { honest, sendJson, startFakeDestination, type FakeDestination } from './fake-destination.ts'
import { makeWorld, until, type World } from './world.ts'

/**
 * A destination that does not remember our numbers: what was posted may still be on its way to it after the time-out, and a
 * question that comes too early is answered "not here" just before it is done.
 */
const forgetful = {
  dedupes: false,
  timeoutMs: 1_000,
  leaseMs: 6_000,
  breaker: { failures: 4, openMs: 50, trial: 1 },
} as const

const patient = { ...forgetful, timeoutMs: 2_000, leaseMs: 10_000 } as const

const fake = async (): Promise<FakeDestination> => {
  const made = await startFakeDestination()
  onTestFinished(() => made.stop())
  return made
}

const effectsOf = (one: FakeDestination): number[] => [...one.effects.values()]

const dueOf = (world: World): Promise<{ early: boolean }[]> =>
  world.query(`select due_at < not_before as early from delivery where state = 'unknown'`)

test('a breaker that closes does not make it be asked before it has had its time', async () => {
  const world = await makeWorld()
  const register = await fake()
  let slow = true
  register.behave = async (posted, response, self) => {
    if (!slow) return honest(posted, response, self)
    // Taken in silence, and done after the time-out.
    await sleep(1.8 * patient.timeoutMs)
    self.act(posted)
  }
  await world.put({}, {}, {}, {})
  world.deliver({ sciensano: register.url }, patient)
  await until(
    () => world.states(),
    ({ unknown }) => unknown === 4,
  )
  slow = false
  // The trial that closes it.
  await world.put({})
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 5,
  )
  expect(effectsOf(register)).toEqual([1, 1, 1, 1, 1])
  expect(register.posts).toHaveLength(5)
})

test('neither a replay nor a word that fits nothing makes it be asked earlier', async () => {
  const world = await makeWorld()
  const register = await fake()
  register.behave = () => undefined
  await world.put({}, {})
  const delivery = world.deliver({ sciensano: register.url }, { ...forgetful, timeoutMs: 300 })
  await until(
    () => world.states(),
    ({ unknown }) => unknown === 2,
  )
  await delivery.stop()
  await world.query(`update delivery set not_before = now() + interval '1 hour', due_at = now() + interval '2 hours'`)
  const [first] = await world.query<{ id: number }>('select id from delivery order by id')
  await askSoon(world.db, first!.id)
  expect(await dueOf(world)).toEqual([{ early: false }, { early: false }])
  const [asked] = await world.query(`select due_at = not_before as soonest from delivery where id = ${first!.id}`)
  expect(asked).toEqual({ soonest: true })
  const chosen = { destination: 'sciensano', from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' } as const
  await createReplay(world.db, {
    chosen: { ...chosen, senderId: null, formKind: null, states: ['unknown'] },
    perSecond: 1_000,
    reason: 'test',
    owner: 'test',
  })
  world.deliver({})
  await until(
    () => world.query('select id from delivery where replay is not null'),
    (rows) => rows.length === 2,
  )
  expect(await dueOf(world)).toEqual([{ early: false }, { early: false }])
})

test('a node that comes back does not ask at once after what its earlier process had on the way', async () => {
  const world = await makeWorld()
  const register = await fake()
  await world.put({})
  // The earlier process: it posts, and hears nothing before it is gone.
  register.behave = () => undefined
  world.deliver({ sciensano: register.url }, { ...forgetful, timeoutMs: 20_000, leaseMs: 60_000 })
  await until(
    async () => register.posts.length,
    (posts) => posts === 1,
  )
  register.behave = honest
  world.deliver({ sciensano: register.url }, forgetful)
  await sleep(400)
  expect(register.asks).toEqual([])
  register.act(register.posts[0]!)
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 1,
  )
  expect([effectsOf(register), register.posts.length]).toEqual([[1], 1])
})

test('a lease that a slow database has used up while the letter was written is given back, and nothing is posted twice', async () => {
  const world = await makeWorld()
  const register = await fake()
  const lease = { dedupes: false, timeoutMs: 1_000, leaseMs: 4_000 } as const
  const [first] = await world.put({ kind: 'vaccination', insz: '90010100000' })
  const healthy = world.deliver({ vaccinnet: register.url }, lease, 'other')
  await until(
    () => world.states('vaccinnet'),
    ({ acknowledged }) => acknowledged === 1,
  )
  await healthy.stop()
  // On its way for a while: asked after before it arrives, the register knows nothing of it.
  register.behave = async (posted, response, self) => {
    await sleep(0.8 * lease.timeoutMs)
    return honest(posted, response, self)
  }
  let stalled = false
  const slow: typeof world.db = {
    ...world.db,
    async query(statement) {
      if (statement.name === 'earlier-had' && !stalled) {
        stalled = true
        await sleep(lease.leaseMs - 300)
      }
      return world.db.query(statement)
    },
  }
  const replacesMessageId = first!.messageId
  await world.put({ kind: 'vaccination', insz: '90010100000', action: { state: 'correct', replacesMessageId } })
  world.deliver({ vaccinnet: register.url }, lease, 'slow', slow)
  await until(
    async () => stalled,
    (seen) => seen,
  )
  world.deliver({ vaccinnet: register.url }, lease, 'other')
  await until(
    () => world.states('vaccinnet'),
    ({ acknowledged }) => acknowledged === 2,
  )
  await sleep(2 * lease.timeoutMs)
  expect([effectsOf(register), register.posts.length]).toEqual([[1, 1], 2])
})

test('an answer that says "broken" after it was done is asked after, and not posted again', async () => {
  const world = await makeWorld()
  const register = await fake()
  const broken = [500, 502, 504, 408]
  register.behave = (posted, response, self) => {
    if (self.known.has(posted.uid)) return honest(posted, response, self)
    self.act(posted)
    sendJson(response, broken[self.posts.length - 1]!, {})
  }
  await world.put({}, {}, {}, {})
  const breaker = { failures: 40, openMs: 50, trial: 1 }
  world.deliver({ sciensano: register.url }, { ...forgetful, timeoutMs: 300, concurrency: 1, breaker })
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 4,
  )
  expect([effectsOf(register), register.posts.length]).toEqual([[1, 1, 1, 1], 4])
})
