import { expect, test } from 'vitest'
import { createReplay, previewReplay, replays } from '../../src/delivery/replay.ts'
import { markUrgent } from '../../src/delivery/urgent.ts'
import type { Chosen } from '../../src/store/replays.ts'
import { honest, sendJson, type Behave } from './fake-destination.ts'
import { certificatesOf, fake, neighbours, revocations, told } from './neighbours.ts'
import { makeWorld, until, type World } from './world.ts'

const refusedAt = (destination: string): Chosen => ({
  destination,
  from: '2020-01-01',
  to: '2099-01-01',
  senderId: null,
  formKind: null,
  states: ['refused'],
})

const correction = { state: 'correct', replacesMessageId: 'm1' } as const
const withdrawal = { state: 'withdraw', replacesMessageId: 'm1', motive: 'wrong person' } as const

const replacementsClosed = (world: World) =>
  until(
    () => world.query<{ open: boolean }>('select open from replacement'),
    (rows) => rows.length > 0 && rows.every(({ open }) => !open),
  )

const statesAre = (world: World, states: Record<string, number>, destination?: string) =>
  until(
    () => world.states(destination),
    (now) => JSON.stringify(now) === JSON.stringify(states),
  )

test.each([
  ['corrected', correction],
  ['withdrawn', withdrawal],
])('a replay of refused ones leaves out what was %s since, and makes no certificate for it', async (_, action) => {
  const world = await makeWorld()
  const { sciensano, issuer } = await neighbours(world)
  let refusing = true
  sciensano.behave = (posted, response, self) =>
    refusing ? sendJson(response, 422, { state: 'refused', code: 'unfit', text: 'no' }) : honest(posted, response, self)
  const [first, other] = await world.put({ messageId: 'm1', result: 'negative' }, { result: 'negative' })
  await statesAre(world, { refused: 2 })
  await statesAre(world, { withdrawn: 2 }, 'digitaal-vlaanderen')
  refusing = false
  await world.put({ messageId: 'm2', result: 'positive', action })
  await statesAre(world, { acknowledged: 1, refused: 2 })
  await replacementsClosed(world)

  expect((await previewReplay(world.db, refusedAt('sciensano'))).total).toBe(1)
  const replay = { chosen: refusedAt('sciensano'), perSecond: 100, reason: 'their mistake', owner: 'an' }
  const id = await createReplay(world.db, replay)
  const [done] = await until(
    () => replays(world.db, id),
    ([one]) => one?.state === 'done',
  )
  expect(done?.sheet).toMatchObject({ chosen: 1, released: 1, acknowledged: 1 })
  await statesAre(world, { acknowledged: 1, withdrawn: 1 }, 'digitaal-vlaanderen')
  expect(await certificatesOf(world)).toEqual([{ record: other!.id, revoked: false }])
  // What names it first is its own.
  const { uid } = sciensano.posts.find(({ body }) => body.includes(`"${first!.receipt}.0"`))!
  expect(sciensano.posts.filter((posted) => posted.uid === uid)).toHaveLength(1)
  expect(revocations(issuer)).toEqual([])
})

test('a certificate the issuer refused is not asked for again once its record was withdrawn', async () => {
  const world = await makeWorld()
  const { issuer } = await neighbours(world)
  const usual = issuer.behave
  let refusing = true
  issuer.behave = (posted, response, self) =>
    refusing ? sendJson(response, 422, { state: 'refused', code: 'unfit', text: 'no' }) : usual(posted, response, self)
  await world.put({ messageId: 'm1', result: 'negative' })
  await statesAre(world, { refused: 1 }, 'digitaal-vlaanderen')
  refusing = false
  await world.put({ messageId: 'm2', action: withdrawal })
  await replacementsClosed(world)
  const replay = { chosen: refusedAt('digitaal-vlaanderen'), perSecond: 100, reason: 'their mistake', owner: 'an' }
  await expect(createReplay(world.db, replay)).rejects.toMatchObject({ code: 'replay-empty' })
})

test('a correction that names another person goes after what it corrects, and takes it along when it is urgent', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  const [first] = await world.put({ messageId: 'm1', insz: 'wrong' })
  await world.put(...Array.from({ length: 20 }, (_, n) => ({ insz: `other-${n}` })))
  const [second] = await world.put({ messageId: 'm2', insz: 'right', action: correction })
  const [third] = await world.put({
    messageId: 'm3',
    insz: 'again another',
    action: { state: 'correct', replacesMessageId: 'm2' },
  })
  expect(await markUrgent(world.db, third!.receipt, 'waiting at the counter', 'helpdesk')).toBe(3)
  world.deliver({ sciensano: sciensano.url }, { concurrency: 4 })
  await statesAre(world, { acknowledged: 23 })
  const own = sciensano.posts.map(
    ({ body }) => (JSON.parse(body) as { entry: { resource: { identifier?: { value: string }[] } }[] }).entry[2]!,
  )
  const names = own.map(({ resource }) => resource.identifier![0]!.value)
  const places = [first!, second!, third!].map(({ receipt }) => names.indexOf(`${receipt}.0`))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(places).not.toContain(-1)
})

test('in one batch, too, a correction of a correction keeps the order of the first', async () => {
  const world = await makeWorld()
  const [first, second, third] = await world.put(
    { messageId: 'm1', insz: 'a' },
    { messageId: 'm2', insz: 'b', action: correction },
    { messageId: 'm3', insz: 'c', action: { state: 'correct', replacesMessageId: 'm2' } },
  )
  const rows = await world.query<{ record: number; order_key: Buffer }>(
    `select record, order_key from delivery where destination = 'sciensano' order by record`,
  )
  expect(rows.map(({ record }) => record)).toEqual([first!.id, second!.id, third!.id])
  expect(new Set(rows.map(({ order_key: key }) => key.toString('hex'))).size).toBe(1)
})

test('what comes after its own correction owes nothing: the correction went out as new', async () => {
  const world = await makeWorld()
  const { sciensano, issuer } = await neighbours(world)
  await world.put({ messageId: 'm2', result: 'negative', action: correction })
  await statesAre(world, { acknowledged: 1 })
  await world.put({ messageId: 'm1', result: 'negative' }, { messageId: 'after' })
  await statesAre(world, { acknowledged: 2 })
  await statesAre(world, { acknowledged: 1 }, 'digitaal-vlaanderen')
  expect(sciensano.posts).toHaveLength(2)
  expect(issuer.posts).toHaveLength(1)
})

const refuse: Behave = (_, response) => sendJson(response, 422, { state: 'refused', code: 'unfit', text: 'no' })

test('a withdrawal the register refused can be told again', async () => {
  const world = await makeWorld()
  const { sciensano } = await neighbours(world)
  const [first] = await world.put({ messageId: 'm1' })
  await statesAre(world, { acknowledged: 1 })
  sciensano.behave = refuse
  await world.put({ messageId: 'm2', action: withdrawal })
  await statesAre(world, { acknowledged: 1, refused: 1 })
  sciensano.behave = honest
  await world.put({ messageId: 'm3', action: withdrawal })
  await statesAre(world, { acknowledged: 2, refused: 1 })
  expect(told(sciensano).at(-1)).toEqual(['entered-in-error', `${first!.receipt}.0`])
  // What was taken back stays taken back: nothing more is told of it.
  await world.put({ messageId: 'm4', action: withdrawal })
  await statesAre(world, { acknowledged: 2, refused: 1, withdrawn: 1 })
  expect(sciensano.posts).toHaveLength(3)
})

test('what follows a correction that the register refused is about what it has', async () => {
  const world = await makeWorld()
  const { sciensano } = await neighbours(world)
  const [first] = await world.put({ messageId: 'm1' }, {})
  await statesAre(world, { acknowledged: 2 })
  sciensano.behave = refuse
  await world.put({ messageId: 'm2', action: correction })
  await statesAre(world, { acknowledged: 2, refused: 1 })
  sciensano.behave = honest
  const [third] = await world.put({ messageId: 'm3', action: correction })
  await statesAre(world, { acknowledged: 3, refused: 1 })
  expect(told(sciensano).at(-1)).toEqual(['corrected', `${third!.receipt}.0`, `old ${first!.receipt}.0`])
  sciensano.behave = refuse
  await world.put({ messageId: 'm4', action: correction })
  await statesAre(world, { acknowledged: 3, refused: 2 })
  sciensano.behave = honest
  await world.put({ messageId: 'm5', action: withdrawal })
  await statesAre(world, { acknowledged: 4, refused: 2 })
  expect(told(sciensano).at(-1)).toEqual(['entered-in-error', `${third!.receipt}.0`])
})

test('a correction of what the register refused is new to it', async () => {
  const world = await makeWorld()
  const { sciensano } = await neighbours(world)
  sciensano.behave = refuse
  await world.put({ messageId: 'm1' })
  await statesAre(world, { refused: 1 })
  sciensano.behave = honest
  const [second] = await world.put({ messageId: 'm2', action: correction })
  await statesAre(world, { acknowledged: 1, refused: 1 })
  expect(told(sciensano).at(-1)).toEqual(['corrected', `${second!.receipt}.0`])
})

const plannedAgain = async (world: World) =>
  (await world.query<{ record: number }>(`select record from step where stage = 'plan'`)).map(({ record }) => record)

test('what comes after its withdrawal in one batch goes out before it, and gets no certificate', async () => {
  const world = await makeWorld()
  const { sciensano, issuer } = await neighbours(world)
  const [, first] = await world.put(
    { messageId: 'm2', action: withdrawal },
    { messageId: 'm1', result: 'negative' },
    { messageId: 'other' },
  )
  await statesAre(world, { acknowledged: 3 })
  const own = told(sciensano).filter(([, name]) => name === `${first!.receipt}.0`)
  expect(own.map(([status]) => status)).toEqual(['final', 'entered-in-error'])
  expect(issuer.posts).toEqual([])
})

test('a withdrawal that is planned before what it withdraws waits for it', async () => {
  const world = await makeWorld()
  const { sciensano, issuer } = await neighbours(world)
  const [first, second] = await world.store(
    { messageId: 'm1', result: 'negative' },
    { messageId: 'm2', action: withdrawal },
  )
  await world.plan([second!])
  expect(await world.states()).toEqual({})
  await world.plan([first!])
  expect(await plannedAgain(world)).toEqual([second!.id])
  await world.plan([second!])
  await statesAre(world, { acknowledged: 2 })
  expect(told(sciensano)).toEqual([
    ['final', `${first!.receipt}.0`],
    ['entered-in-error', `${first!.receipt}.0`],
  ])
  expect(issuer.posts).toEqual([])
})

test.each([
  ['in one batch', true],
  ['in batches of their own', false],
])('what comes after its own correction, %s, owes nothing, and the correction names nothing', async (_, together) => {
  const world = await makeWorld()
  const { sciensano } = await neighbours(world)
  const [second, first] = await world.store({ messageId: 'm2', action: correction }, { messageId: 'm1' })
  await world.plan(together ? [second!, first!] : [second!])
  await world.plan([first!, ...(await world.put({}))])
  await statesAre(world, { acknowledged: 2 })
  expect(told(sciensano)).toContainEqual(['corrected', `${second!.receipt}.0`])
  expect(told(sciensano).flat()).not.toContain(`${first!.receipt}.0`)
})
