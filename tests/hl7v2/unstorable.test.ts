import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFhirWorld, type FhirWorld } from '../fhir/world.ts'
import { until } from '../crash/laws.ts'
import { fieldOf, frame, oru, talk } from './line.ts'

// What PostgreSQL does not store, from the door to the tables: NUL in a text, half a character in JSON.

let world: FhirWorld
beforeAll(async () => {
  world = await openFhirWorld({ SLUIS_MLLP_LOOPBACK: '1' })
}, 120_000)
afterAll(() => world?.stop(), 60_000)

/** Hands a message over on a line and gives its receipt. */
async function hand(text: string): Promise<string> {
  const sender = talk(world.hub.mllpPort ?? 0)
  sender.socket.write(frame(text))
  const [answer] = await sender.hear(1)
  sender.socket.end()
  expect(fieldOf(answer, 'MSA-1')).toBe('AA')
  return fieldOf(answer, 'MSA-3') ?? ''
}

test.each([
  ['raw', '\0', ''],
  ['as an escape', '\\X00\\', ''],
  ['inside a longer escape', '\\X410042\\', 'AB'],
])('a NUL %s is left out, and the result is read', async (name, nul, left) => {
  const id = `NUL-${name.length}`
  const receipt = await hand(
    oru(id, (text) =>
      text
        .replace('4548-4^HbA1c', `4548-4${nul}^Hb${nul}A1c`)
        .replace('||53|', `||5${nul}3|`)
        .replace('Peeters', `Pee${nul}ters`)
        .replace('PAN', `P${nul}AN`),
    ),
  )
  await world.settled()
  const results = await world.query<{ code: string }>('select code from result where receipt = $1', [receipt])
  expect(results).toEqual([{ code: `loinc|4548-4${left}` }])
  const told = await world.query<{ faults: string[] }>(
    `select e.detail -> 'faults' as faults from entry e join message m on m.id = e.message and m.service = e.service
      where m.receipt = $1 and e.kind = 'record-read'`,
    [receipt],
  )
  expect(told).toHaveLength(1)
  expect(told[0]?.faults).toContain('hl7-nul')
})

test('a key cut inside a character makes a message that its sender hears is unreadable', async () => {
  const key = `${'k'.repeat(59)}😀`
  const body = `{"resourceType":"Bundle","${key}":1,"${key}":2}`
  const answer = await world.ask('/fhir', { as: 'laboratory', method: 'POST', body })
  expect(answer.status).toBe(422)
  const told = await until(
    () =>
      world.query<{ faults: unknown }>(
        `select detail -> 'faults' as faults from entry where kind = 'unreadable' and tell`,
      ),
    ({ length }) => length > 0,
    20_000,
  )
  expect(told).toEqual([{ faults: [{ code: 'json-duplicate-key', path: `/${'k'.repeat(59)}…` }] }])
})
