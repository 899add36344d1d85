import { expect, test } from 'vitest'
import { certificatesOf, neighbours, putCertified, revocations, told } from './neighbours.ts'
import { withhold } from './withhold.ts'
import { makeWorld, until } from './world.ts'

const correcting = (replacesMessageId: string) => ({ state: 'correct', replacesMessageId }) as const

test.each([
  ['was refused', false],
  ['is withheld', true],
])('what replaces a correction that %s replaces what the register has', async (_, planned) => {
  const world = await makeWorld()
  const { sciensano, issuer } = await neighbours(world)
  const first = await putCertified(world)
  const [second] = await world.store({ messageId: 'm2', result: 'negative', action: correcting('m1') })
  await withhold(world, second!)
  if (planned) await world.plan([second!])
  const [third] = await world.put({ messageId: 'm3', result: 'positive', action: correcting('m2') })
  await until(
    async () => told(sciensano).length,
    (count) => count === 2,
  )
  expect(told(sciensano).at(-1)).toEqual(['corrected', `${third!.receipt}.0`, `old ${first.receipt}.0`])
  await until(
    async () => revocations(issuer).length,
    (count) => count === 1,
  )
  expect((await certificatesOf(world))[0]).toEqual({ record: first.id, revoked: true })
})

/** The register has m1; its correction m2 is stored and not planned yet. */
async function correctedLater() {
  const world = await makeWorld()
  const { sciensano } = await neighbours(world)
  const [first] = await world.put({ messageId: 'm1', result: 'positive' })
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 1,
  )
  const [second] = await world.store({ messageId: 'm2', result: 'positive', action: correcting('m1') })
  return { world, sciensano, first: first!, second: second! }
}

test('a correction that is planned after its withdrawal went past it is not told any more', async () => {
  const { world, sciensano, first, second } = await correctedLater()
  const motive = 'wrong person'
  await world.put({ messageId: 'm3', action: { state: 'withdraw', replacesMessageId: 'm2', motive } })
  const withdrawn = ['entered-in-error', `${first.receipt}.0`]
  await until(
    async () => told(sciensano).length,
    (count) => count === 2,
  )
  expect(told(sciensano).at(-1)).toEqual(withdrawn)
  await world.plan([second])
  await world.put({ messageId: 'another', result: 'positive' })
  await until(
    async () => told(sciensano).length,
    (count) => count > 2,
  )
  expect(told(sciensano).flat().join(' ')).not.toContain(second.receipt)
})

test('a correction that a rule refused is told when it is let pass, while what corrects it is withheld', async () => {
  const { world, sciensano, first, second } = await correctedLater()
  await world.query(
    `insert into rule_refusal (record, service, received_at, message, sender_id, form_kind, faults, refused)
      select id, service, received_at, message, sender_id, form_kind, '{}', false from record where id = $1`,
    [second.id],
  )
  const [third] = await world.store({ messageId: 'm3', result: 'positive', action: correcting('m2') })
  await withhold(world, third!)
  await world.plan([third!])
  await world.plan([second])
  await until(
    async () => told(sciensano).length,
    (count) => count === 2,
  )
  expect(told(sciensano).at(-1)).toEqual(['corrected', `${second.receipt}.0`, `old ${first.receipt}.0`])
})
