import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { backlog } from '../../src/delivery/backlog.ts'
import { markUrgent } from '../../src/delivery/urgent.ts'
import { takePermits } from '../../src/store/destinations.ts'
import { honest, sendJson, startFakeDestination } from './fake-destination.ts'
import { makeWorld, until, type Given } from './world.ts'

test('after an outage a backlog goes out at the pace of a destination that recovers, and not all at once', async () => {
  const world = await makeWorld()
  const sciensano = await startFakeDestination()
  onTestFinished(() => sciensano.stop())
  let down = true
  const taken: number[] = []
  sciensano.behave = (posted, response, self) => {
    if (down) return sendJson(response, 500, {})
    taken.push(performance.now())
    return honest(posted, response, self)
  }
  await world.put(...Array.from({ length: 24 }, () => ({})))
  // As slow as a recovering destination begins, and no faster; leases and time-outs for the busiest of machines.
  const ramp = { startPerSecond: 10, growth: 1, topPerSecond: 1_000 }
  world.deliver({ sciensano: sciensano.url }, { concurrency: 8, batch: 24, leaseMs: 60_000, timeoutMs: 10_000, ramp })
  await until(
    async () => (await backlog(world.db, new Date())).destinations[0]?.breaker,
    (state) => state === 'open',
  )
  down = false
  for (const count of [8, 16, 24]) {
    await until(
      () => world.states(),
      ({ acknowledged = 0 }) => acknowledged >= count,
    )
  }
  // Two on trial, ten in hand, ten a second: the last twelve take 1.2 s at the least.
  expect(taken.at(-1)! - taken[0]!).toBeGreaterThan(1_000)
  expect([...sciensano.effects.values()].every((count) => count === 1)).toBe(true)
})

const kinds = ['vaccination', 'booster-1', 'booster-2'] as const
const ofEachKind = (count: number): Given[] =>
  Array.from({ length: count }, () => kinds.map((kind) => ({ kind }))).flat()

test('a destination with several form kinds gets no more than one with a single one: on trial, and while it recovers', async () => {
  const world = await makeWorld()
  const vaccinnet = await startFakeDestination()
  onTestFinished(() => vaccinnet.stop())
  let down = true
  const taken: number[] = []
  vaccinnet.behave = (posted, response, self) => {
    if (down) return sendJson(response, 503, {})
    taken.push(performance.now())
    return honest(posted, response, self)
  }
  await world.put(...ofEachKind(10))
  const ramp = { startPerSecond: 10, growth: 1, topPerSecond: 1_000 }
  const breaker = { failures: 5, openMs: 150, trial: 3 }
  world.deliver(
    { vaccinnet: vaccinnet.url },
    { concurrency: 8, batch: 30, leaseMs: 60_000, timeoutMs: 10_000, ramp, breaker },
  )
  await until(
    async () => (await backlog(world.db, new Date())).destinations[0]?.breaker,
    (state) => state === 'open',
  )
  down = false
  await until(
    () => world.states('vaccinnet'),
    ({ acknowledged = 0 }) => acknowledged === 30,
  )
  // Three on trial, ten in hand, ten a second: the last seventeen take 1.7 s at the least.
  expect(taken.at(-1)! - taken[0]!).toBeGreaterThan(1_500)
  expect([...vaccinnet.effects.values()].every((count) => count === 1)).toBe(true)
})

test('a trial posts no more than its number, whatever number of form kinds and however many urgent ones wait', async () => {
  const world = await makeWorld()
  const vaccinnet = await startFakeDestination()
  onTestFinished(() => vaccinnet.stop())
  const stored = await world.put(...ofEachKind(8))
  for (const { receipt } of stored.slice(0, 6)) await markUrgent(world.db, receipt, 'boards at six', 'helpdesk')
  await world.query(
    `insert into destination_state (destination, breaker, breaker_until) values ('vaccinnet', 'open', now())`,
  )
  // Nothing is answered: the trial stays as it began.
  vaccinnet.behave = () => undefined
  const breaker = { failures: 5, openMs: 60_000, trial: 3 }
  world.deliver({ vaccinnet: vaccinnet.url }, { concurrency: 32, leaseMs: 60_000, timeoutMs: 10_000, breaker })
  await until(
    async () => vaccinnet.posts.length,
    (posts) => posts >= 3,
  )
  await sleep(500)
  expect(vaccinnet.posts).toHaveLength(3)
})

test('a pace grows until it is no limit any more; a limit of the destination stays', async () => {
  const world = await makeWorld()
  const since = async (seconds: number, state: { readonly pace: number; readonly tokens: number }): Promise<void> => {
    await world.query(
      `insert into destination_state (destination) values ('slow') on conflict (destination) do nothing`,
    )
    await world.query(
      `update destination_state set pace = $1, tokens = $2, refilled_at = now() - make_interval(secs => $3)
        where destination = 'slow'`,
      [state.pace, state.tokens, seconds],
    )
  }
  const pace = async () => (await world.query<{ pace: number }>('select pace from destination_state'))[0]!.pace
  const ask = (maxPerSecond: number | null) =>
    takePermits(world.db, 'slow', { maxPerSecond, growth: 2, topPerSecond: 1_000_000 }, 100, 0)

  // No time passed (the clock of the row is ahead): what is in hand, and no more.
  await since(-3_600, { pace: 10, tokens: 4 })
  expect(await ask(null)).toBe(4)
  await since(-3_600, { pace: 10, tokens: 50 })
  expect(await ask(null)).toBe(10)
  // Doubled twice at the least, and never past one second of it.
  await since(2, { pace: 10, tokens: 0 })
  const granted = await ask(null)
  expect(await pace()).toBeGreaterThanOrEqual(40)
  expect(granted).toBeGreaterThanOrEqual(40)
  expect(granted).toBeLessThanOrEqual(await pace())
  // Grown past its top it limits nothing; what the destination says for itself does.
  await since(60, { pace: 10, tokens: 0 })
  expect([await ask(null), await pace()]).toEqual([100, 0])
  await since(60, { pace: 10, tokens: 0 })
  expect([await ask(7), await pace()]).toEqual([7, 0])
})

test('a claim that comes back after the breaker opened is given back, and not posted past the trial', async () => {
  const world = await makeWorld()
  const vaccinnet = await startFakeDestination()
  onTestFinished(() => vaccinnet.stop())
  let down = true
  vaccinnet.behave = (posted, response, self) => (down ? sendJson(response, 503, {}) : honest(posted, response, self))
  await world.put(...ofEachKind(10))
  const opened = async () => (await backlog(world.db, new Date())).destinations[0]?.breaker === 'open'
  let claims = 0
  const slow: typeof world.db = {
    ...world.db,
    async query(statement) {
      const answer = await world.db.query(statement)
      if (statement.name === 'claim-deliveries' && ++claims > 1) {
        await until(opened, (is) => is)
        down = false
      }
      return answer as never
    },
  }
  const breaker = { failures: 5, openMs: 60_000, trial: 3 }
  const change = { concurrency: 8, batch: 10, leaseMs: 60_000, timeoutMs: 10_000, breaker }
  const node = world.deliver({ vaccinnet: vaccinnet.url }, change, 'test', slow)
  await until(
    async () => ({ ...node.counters().get('vaccinnet')! }),
    ({ returned }) => claims > 1 && returned > 0 && !down,
  )
  await node.stop()
  expect(vaccinnet.effects.size).toBe(0)
})
