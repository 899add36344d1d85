import { expect, test } from 'vitest'
import { createReplay, replays } from '../../src/delivery/replay.ts'
import type { Chosen, Replay } from '../../src/store/replays.ts'
import { honest, sendJson, type Behave } from './fake-destination.ts'
import { certificatesOf, fake, neighbours, revocations, told } from './neighbours.ts'
import { makeWorld, until, type World } from './world.ts'

// What a replay makes of records that were corrected or withdrawn since.

const correcting = (replacesMessageId: string) => ({ state: 'correct', replacesMessageId }) as const
const withdrawal = { state: 'withdraw', replacesMessageId: 'm1', motive: 'wrong person' } as const

const refuse: Behave = (_, response) => sendJson(response, 422, { state: 'refused', code: 'unfit', text: 'no' })

async function replay(world: World, destination: string, state: 'acknowledged' | 'refused'): Promise<Replay> {
  const all = { from: '2020-01-01', to: '2099-01-01', senderId: null, formKind: null }
  const chosen: Chosen = { ...all, destination, states: [state] }
  const id = await createReplay(world.db, { chosen, perSecond: 100, reason: 'their mistake', owner: 'an' })
  const [done] = await until(
    () => replays(world.db, id),
    ([one]) => one?.state === 'done',
  )
  return done!
}

const statesAre = (world: World, states: Record<string, number>) =>
  until(
    () => world.states(),
    (now) => JSON.stringify(now) === JSON.stringify(states),
  )

test('a replay of refused ones tells every revocation, also that of what was corrected by a record corrected since', async () => {
  const world = await makeWorld()
  const { issuer } = await neighbours(world)
  const usual = issuer.behave
  let refusing = true
  issuer.behave = (posted, response, self) =>
    (refusing && posted.path === '/revocations' ? refuse : usual)(posted, response, self)
  const certified = (count: number) =>
    until(
      () => certificatesOf(world),
      ({ length }) => length === count,
    )
  const [first] = await world.put({ messageId: 'm1', result: 'negative' })
  await certified(1)
  const [second] = await world.put({ messageId: 'm2', result: 'negative', action: correcting('m1') })
  await certified(2)
  await world.put({ messageId: 'm3', result: 'negative', action: correcting('m2') })
  await certified(3)
  await until(
    () => world.states('digitaal-vlaanderen'),
    ({ refused, acknowledged }) => refused === 2 && acknowledged === 3,
  )
  refusing = false
  issuer.posts.length = 0
  expect((await replay(world, 'digitaal-vlaanderen', 'refused')).sheet).toMatchObject({ chosen: 2, acknowledged: 2 })
  const names = revocations(issuer).map(({ body }) => (JSON.parse(body) as { recordId: string }).recordId)
  expect(names.toSorted()).toEqual([`${first!.receipt}.0`, `${second!.receipt}.0`].toSorted())
})

test('and a withdrawal that was refused, though it was sent again and refused again', async () => {
  const world = await makeWorld()
  const sciensano = await fake()
  world.deliver({ sciensano: sciensano.url })
  const [first] = await world.put({ messageId: 'm1' })
  await statesAre(world, { acknowledged: 1 })
  sciensano.behave = refuse
  await world.put({ messageId: 'm2', action: withdrawal })
  await statesAre(world, { acknowledged: 1, refused: 1 })
  await world.put({ messageId: 'm3', action: withdrawal })
  await statesAre(world, { acknowledged: 1, refused: 2 })
  sciensano.behave = honest
  sciensano.posts.length = 0
  const { sheet } = await replay(world, 'sciensano', 'refused')
  // Told once: after that there is nothing left to take back.
  expect(sheet).toMatchObject({ chosen: 2, acknowledged: 1, withdrawn: 1 })
  expect(told(sciensano)).toEqual([['entered-in-error', `${first!.receipt}.0`]])
})

test.each([
  ['withdrawn', withdrawal],
  ['corrected', correcting('m1')],
])(
  'a replay of acknowledged ones does not say again what was %s since, also when the register lost it',
  async (_, action) => {
    const world = await makeWorld()
    const { sciensano } = await neighbours(world)
    await world.put({ messageId: 'm1', insz: 'same' })
    await statesAre(world, { acknowledged: 1 })
    const { uid } = sciensano.posts[0]!
    await world.put({ messageId: 'm2', insz: 'same', action })
    await statesAre(world, { acknowledged: 2 })
    sciensano.known.delete(uid)
    sciensano.posts.length = 0
    expect((await replay(world, 'sciensano', 'acknowledged')).sheet).toMatchObject({ chosen: 1, acknowledged: 1 })
    expect(sciensano.posts).toEqual([])
  },
)

test('what was corrected is said again while the register has nothing that took its place', async () => {
  const world = await makeWorld()
  const { sciensano } = await neighbours(world)
  const [first] = await world.put({ messageId: 'm1' })
  await statesAre(world, { acknowledged: 1 })
  sciensano.behave = refuse
  await world.put({ messageId: 'm2', action: correcting('m1') })
  await statesAre(world, { acknowledged: 1, refused: 1 })
  sciensano.behave = honest
  sciensano.known.clear()
  sciensano.posts.length = 0
  await replay(world, 'sciensano', 'acknowledged')
  expect(told(sciensano)).toEqual([['final', `${first!.receipt}.0`]])
})
