import { expect, test } from 'vitest'
import { earlierHad } from '../../src/store/delivery-had.ts'
import { honest, type Behave } from './fake-destination.ts'
import { fake, told } from './neighbours.ts'
import { letGo, withhold } from './withhold.ts'
import { makeWorld, until, type Stored, type World } from './world.ts'

const correcting = (replacesMessageId: string) => ({ state: 'correct', replacesMessageId }) as const

const statesAre = (world: World, states: Record<string, number>) =>
  until(
    () => world.states(),
    (now) => JSON.stringify(now) === JSON.stringify(states),
  )

/** The same patient: what corrects goes after what it corrects. */
async function withheldPair(world: World): Promise<[Stored, Stored]> {
  const [first, second] = await world.store({ messageId: 'm1' }, { messageId: 'm2', action: correcting('m1') })
  await withhold(world, first!)
  await withhold(world, second!)
  await world.plan([first!, second!])
  return [first!, second!]
}

/** Housekeeping stands still in the middle, before it could write anything down. */
async function holdHousekeeping(world: World): Promise<() => Promise<void>> {
  const client = await world.db.pool.connect()
  await client.query('begin')
  await client.query('lock table urgent_mark in access exclusive mode')
  return async () => {
    await client.query('rollback')
    client.release()
  }
}

test.each([
  ['was acknowledged', true],
  ['is on its way', false],
])('what is let go while its correction %s is not sent after it', async (_, answered) => {
  const world = await makeWorld()
  const sciensano = await fake()
  const answers: (() => void)[] = []
  const held: Behave = (posted, response, self) => void answers.push(() => void honest(posted, response, self))
  sciensano.behave = answered ? honest : held
  const [first, second] = await withheldPair(world)
  const release = await holdHousekeeping(world)
  try {
    world.deliver({ sciensano: sciensano.url }, { timeoutMs: 20_000, leaseMs: 60_000 })
    await until(
      () => world.query('select from pg_locks where not granted and relation = $1::regclass', ['urgent_mark']),
      ({ length }) => length > 0,
    )
    await letGo(world, second)
    if (answered) await statesAre(world, { acknowledged: 1, waiting: 1 })
    else
      await until(
        async () => answers.length,
        (count) => count > 0,
      )
    await letGo(world, first)
    if (answered) await statesAre(world, { acknowledged: 1, withdrawn: 1 })
    // It waits for what is about to leave, which may be given back.
    else {
      await new Promise((resolve) => setTimeout(resolve, 2_500))
      expect(await world.states()).toEqual({ waiting: 2 })
    }
  } finally {
    await release()
  }
  for (const answer of answers) answer()
  await statesAre(world, { acknowledged: 1, withdrawn: 1 })
  expect(told(sciensano)).toEqual([['corrected', `${second.receipt}.0`]])
})

test('a correction that passed what is let go now does not name it: it never went out', async () => {
  const world = await makeWorld()
  const [first, second] = await withheldPair(world)
  await letGo(world, second)
  await letGo(world, first)
  expect(await earlierHad(world.db, { record: second.id, purpose: 'result' }, 'sciensano')).toBeNull()
})

test('a correction waits for what is on its way, though that is withheld since', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const answers: (() => void)[] = []
  sciensano.behave = (posted, response, self) => void answers.push(() => void honest(posted, response, self))
  const [first] = await world.put({ messageId: 'm1', insz: 'a' })
  world.deliver({ sciensano: sciensano.url }, { timeoutMs: 20_000, leaseMs: 60_000 })
  await until(
    async () => answers.length,
    (count) => count === 1,
  )
  await withhold(world, first!)
  const [second] = await world.put({ messageId: 'm2', insz: 'a', action: correcting('m1') })
  await world.put({ insz: 'another' })
  await until(
    async () => answers.length,
    (count) => count > 1,
  )
  expect(told(sciensano).flat().join(' ')).not.toContain(second!.receipt)
  sciensano.behave = honest
  for (const answer of answers) answer()
  await statesAre(world, { acknowledged: 3 })
  expect(told(sciensano).at(-1)).toEqual(['corrected', `${second!.receipt}.0`, `old ${first!.receipt}.0`])
})
