import { expect, test } from 'vitest'
import { certificatesOf, neighbours, revocations, told } from './neighbours.ts'
import { withhold } from './withhold.ts'
import { makeWorld, until } from './world.ts'

const correcting = (replacesMessageId: string) => ({ state: 'correct', replacesMessageId }) as const

test.each([
  ['was refused', false],
  ['is withheld', true],
])('what replaces a correction that %s replaces what the register has', async (_, planned) => {
  const world = await makeWorld()
  const { sciensano, issuer } = await neighbours(world)
  const [first] = await world.put({ messageId: 'm1', result: 'negative' })
  await until(
    () => certificatesOf(world),
    ({ length }) => length === 1,
  )
  const [second] = await world.store({ messageId: 'm2', result: 'negative', action: correcting('m1') })
  await withhold(world, second!)
  if (planned) await world.plan([second!])
  const [third] = await world.put({ messageId: 'm3', result: 'positive', action: correcting('m2') })
  await until(
    async () => told(sciensano).length,
    (count) => count === 2,
  )
  expect(told(sciensano).at(-1)).toEqual(['corrected', `${third!.receipt}.0`, `old ${first!.receipt}.0`])
  await until(
    async () => revocations(issuer).length,
    (count) => count === 1,
  )
  expect((await certificatesOf(world))[0]).toEqual({ record: first!.id, revoked: true })
})
