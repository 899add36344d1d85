import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFhirWorld, type FhirWorld } from '../fhir/world.ts'
import { fieldOf, frame, oru, talk } from './line.ts'

let world: FhirWorld
beforeAll(async () => {
  world = await openFhirWorld({ SLUIS_MLLP_LOOPBACK: '1' })
}, 120_000)
afterAll(() => world?.stop(), 60_000)

/** Hands messages over on one line and gives their receipts. */
async function hand(...texts: readonly string[]): Promise<string[]> {
  const sender = talk(world.hub.mllpPort ?? 0)
  sender.socket.write(Buffer.concat(texts.map((text) => frame(text))))
  const answers = await sender.hear(texts.length)
  sender.socket.end()
  expect(answers.map((answer) => fieldOf(answer, 'MSA-1'))).toEqual(texts.map(() => 'AA'))
  return answers.map((answer) => fieldOf(answer, 'MSA-3') ?? '')
}

/** What a trace says of a control id that was used before, by receipt. */
async function flags(): Promise<{ receipt: string; first: string }[]> {
  await world.settled()
  return world.query(
    `select m.receipt, e.detail ->> 'first' as first from entry e join message m on m.id = e.message and m.service = e.service
      where e.kind = 'control-id-reused' and e.tell order by e.id`,
  )
}

test('a control id used again for other bytes is a new message that says so; the same bytes again are the same message', async () => {
  const other = oru('C1', (text) => text.replace('||53|', '||61|'))
  const third = oru('C1', (text) => text.replace('||53|', '||62|'))
  const [first, again] = await hand(oru('C1'), oru('C1'))
  expect(again).toBe(first)
  await world.settled()
  const receipts = await hand(other, other, third, oru('C2'))
  expect(new Set(receipts).size).toBe(3)
  // Two that are committed side by side may be read in either order.
  const flagged = await flags()
  expect(flagged).toHaveLength(2)
  expect(flagged).toEqual(expect.arrayContaining([0, 2].map((at) => ({ receipt: receipts[at], first }))))
  const [counted] = await world.query<{ records: number }>(`select count(*)::int as records from record`)
  expect(counted).toEqual({ records: 4 })
})

test('sent in one breath all but one are flagged, and another laboratory may use the number for itself', async () => {
  const bytes = Array.from({ length: 5 }, (_, n) => oru('B', (text) => text.replace('||53|', `||4${n}|`)))
  // One write, so that they are most likely read together; that they are flagged does not depend on it.
  const receipts = await hand(...bytes)
  const flagged = await flags()
  const own = flagged.filter(({ receipt }) => receipts.includes(receipt))
  // All but one name that one.
  const [first] = receipts.filter((receipt) => own.every((one) => one.receipt !== receipt))
  expect(new Map(own.map((one) => [one.receipt, one.first]))).toEqual(
    new Map(receipts.filter((receipt) => receipt !== first).map((receipt) => [receipt, first])),
  )
  // One of the same sender, who carries several laboratories, and one with a line of its own.
  await hand(...['ZUID', 'SIM-VECHT'].map((name) => oru('B', (text) => text.replace('NOORD', name))))
  expect(await flags()).toEqual(flagged)
})
