import { expect, test } from 'vitest'
import { housekeeping } from '../../src/delivery/housekeeping.ts'
import { inTransaction } from '../../src/store/connect.ts'
import { honest, sendJson } from './fake-destination.ts'
import { certificatesOf, fake, neighbours, putCertified, revocations, told } from './neighbours.ts'
import { letGo, withhold } from './withhold.ts'
import { makeWorld, until, type World } from './world.ts'

const correction = { state: 'correct', replacesMessageId: 'm1' } as const
const withdrawal = { state: 'withdraw', replacesMessageId: 'm1', motive: 'wrong person' } as const

const keepHouse = (world: World): Promise<void> => inTransaction(world.db, (tx) => housekeeping(tx, 'test'))

const acknowledgedAre = (world: World, count: number) =>
  until(
    () => world.states(),
    ({ acknowledged = 0 }) => acknowledged === count,
  )

test('what was withheld and corrected meanwhile is not sent when it is let go', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const [first] = await world.put({ messageId: 'm1', result: 'negative' })
  await withhold(world, first!)
  const [second] = await world.put({ messageId: 'm2', result: 'positive', action: correction })
  expect(await world.states()).toEqual({ withdrawn: 1, waiting: 1 })
  expect(await world.states('digitaal-vlaanderen')).toEqual({ withdrawn: 1 })
  await letGo(world, first!)
  await world.put({})
  world.deliver({ sciensano: sciensano.url })
  await acknowledgedAre(world, 2)
  expect(told(sciensano)).toContainEqual(['corrected', `${second!.receipt}.0`])
  expect(told(sciensano).flat().join(' ')).not.toContain(`${first!.receipt}.0`)
})

test('what was withheld and withdrawn meanwhile is not sent, and nobody is told of the withdrawal', async () => {
  const world = await makeWorld()
  const [first] = await world.put({ messageId: 'm1', result: 'negative' })
  await withhold(world, first!)
  await world.put({ messageId: 'm2', action: withdrawal })
  expect(await world.states()).toEqual({ withdrawn: 1 })
  expect(await world.states('digitaal-vlaanderen')).toEqual({ withdrawn: 1 })
})

test.each([
  ['corrected', correction, 1],
  ['withdrawn', withdrawal, 0],
])('what was %s and is withheld after that is not sent either', async (_, action, count) => {
  const world = await makeWorld()
  const sciensano = await fake()
  const [first] = await world.put({ messageId: 'm1' })
  const [second] = await world.put({ messageId: 'm2', action })
  await withhold(world, first!)
  await keepHouse(world)
  expect(await world.states()).toEqual({ withdrawn: 1, waiting: 1 })
  await letGo(world, first!)
  world.deliver({ sciensano: sciensano.url })
  await until(
    () => world.states(),
    ({ waiting = 0 }) => waiting === 0,
  )
  expect(told(sciensano)).toEqual(count === 0 ? [] : [['corrected', `${second!.receipt}.0`]])
})

test('a correction that is withheld changes nothing until it is let go', async () => {
  const world = await makeWorld()
  const { sciensano, issuer } = await neighbours(world)
  const first = await putCertified(world)
  const [second] = await world.store({ messageId: 'm2', result: 'positive', action: correction })
  await withhold(world, second!)
  await world.plan([second!])
  await keepHouse(world)
  expect(await certificatesOf(world)).toEqual([{ record: first.id, revoked: false }])
  expect(await world.states()).toEqual({ acknowledged: 1, waiting: 1 })
  await letGo(world, second!)
  await acknowledgedAre(world, 2)
  await until(
    async () => revocations(issuer).length,
    (count) => count === 1,
  )
  expect(told(sciensano).at(-1)).toEqual(['corrected', `${second!.receipt}.0`, `old ${first.receipt}.0`])
})

test.each([
  ['planned before it', false],
  ['planned with it', true],
])('what a withheld correction replaces gets its certificate, %s', async (_, together) => {
  const world = await makeWorld()
  const [first, second] = await world.store(
    { messageId: 'm1', result: 'negative' },
    { messageId: 'm2', result: 'positive', action: correction },
  )
  await withhold(world, second!)
  if (!together) await world.plan([first!])
  await world.plan(together ? [first!, second!] : [second!])
  expect(await world.states('digitaal-vlaanderen')).toEqual({ blocked: 1 })
  const { issuer } = await neighbours(world)
  await until(
    () => certificatesOf(world),
    ({ length }) => length === 1,
  )
  expect(revocations(issuer)).toEqual([])
})

test('of two that are withheld only the one let go goes out', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const [first, second] = await world.store({ messageId: 'm1' }, { messageId: 'm2', action: correction })
  await withhold(world, first!)
  await withhold(world, second!)
  await world.plan([first!, second!])
  expect(await world.states()).toEqual({ waiting: 2 })
  await letGo(world, second!)
  await keepHouse(world)
  await letGo(world, first!)
  world.deliver({ sciensano: sciensano.url })
  await acknowledgedAre(world, 1)
  expect(await world.states()).toEqual({ acknowledged: 1, withdrawn: 1 })
  expect(told(sciensano)).toEqual([['corrected', `${second!.receipt}.0`]])
})

test('what nobody knew the end of, and was withheld and corrected meanwhile, is asked after and not said again', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  sciensano.behave = (_, response) => void response.destroy()
  sciensano.answerAsk = (_, response) => sendJson(response, 503, {})
  const [first] = await world.put({ messageId: 'm1' })
  world.deliver({ sciensano: sciensano.url })
  await until(
    () => world.states(),
    ({ unknown }) => unknown === 1,
  )
  await withhold(world, first!)
  sciensano.behave = honest
  await world.put({ messageId: 'm2', action: correction })
  await acknowledgedAre(world, 1)
  sciensano.answerAsk = null
  sciensano.posts.length = 0
  await letGo(world, first!)
  await until(
    () => world.states(),
    ({ unknown = 0 }) => unknown === 0,
  )
  expect(await world.states()).toEqual({ acknowledged: 1, withdrawn: 1 })
  expect(sciensano.posts).toEqual([])
})

test('what its destination may have, though it answered with an error, is withdrawn there and not said again', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  sciensano.behave = (posted, response, town) => {
    town.act(posted)
    sendJson(response, 502, {})
  }
  const [first] = await world.put({ messageId: 'm1' })
  const node = world.deliver({ sciensano: sciensano.url })
  await until(
    () => world.query('select from delivery where attempts > 0'),
    ({ length }) => length === 1,
  )
  await node.stop()
  await withhold(world, first!)
  sciensano.behave = honest
  sciensano.posts.length = 0
  await world.put({ messageId: 'm2', action: withdrawal })
  world.deliver({ sciensano: sciensano.url })
  await acknowledgedAre(world, 1)
  expect(told(sciensano)).toEqual([['entered-in-error', `${first!.receipt}.0`]])
  await letGo(world, first!)
  await until(
    () => world.states(),
    ({ waiting = 0 }) => waiting === 0,
  )
  expect(await world.states()).toEqual({ acknowledged: 1, withdrawn: 1 })
  expect(sciensano.posts).toHaveLength(1)
})
