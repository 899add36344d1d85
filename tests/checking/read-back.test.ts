import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { openProofReader } from '../../src/access/proof-reader.ts'
import { installPack } from '../../src/checking/install.ts'
import { proofOf } from '../../src/checking/proof.ts'
import { readBack } from '../../src/checking/proof-api.ts'
import { revertPack } from '../../src/checking/revert.ts'
import { switchPack } from '../../src/checking/switch.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { inventPerson } from '../../src/formats/eform/people.ts'
import { readPack } from '../../src/rules/pack.ts'
import { jsonLines, sluis } from '../commands/support.ts'
import { labBundle, openFhirWorld, type FhirWorld } from '../fhir/world.ts'

let world: FhirWorld
let touched: string[]
beforeAll(async () => {
  world = await openFhirWorld()
  const random = seededRandom(9)
  touched = Array.from({ length: 3 }, () => inventPerson(random, '2026-01-01').insz)
  for (const insz of touched) await world.hand(labBundle({ insz, results: [{ value: 53 }] }))
}, 120_000)
afterAll(() => world?.stop(), 120_000)
afterEach(() => vi.unstubAllEnvs())

const undo = { pack: 'lab-quality', source: null, actor: 'lea', why: 'misjudges' }
let versions = 1

/** Lets a version count that withholds values from 70 on, and hands over one such value of each patient. */
async function misjudge(): Promise<number> {
  const { db, ruleSets } = world.hub.parts
  const text = { nl: 'nl', fr: 'fr', de: 'de', en: 'en' }
  const rule = { id: 'too-high', class: 'meaning', severity: 'withhold', expr: 'value.value < 70', text, explain: 'x' }
  const limits = { maxShareNewlyWithheld: 1, maxPerHourPerSource: 1_000_000, minSample: 1_000_000 }
  const head = { name: 'lab-quality', version: `9.0.${versions++}`, service: 'lab', owner: 'test', limits }
  const reading = readPack({ pack: JSON.stringify({ ...head, rules: [rule] }), cases: null, notes: '' })
  if (reading.state !== 'loaded') throw new Error(JSON.stringify(reading.faults))
  const { id } = await installPack(db, reading.pack, 'test')
  const row = { setting: id, mode: 'active', source: null, actor: 'test', why: 'test' } as const
  const [activation] = await switchPack({ db, ruleSets }, 'lab-quality', () => Promise.resolve([row]))
  for (const insz of touched)
    await world.hand(labBundle({ insz, order: `O-${versions}-${insz}`, results: [{ value: 75 }] }))
  await world.settled()
  return activation!
}

const withheld = async () => (await world.query('select distinct record from withheld')).length

test('a revert is read back through the public interface: what it shows is what is counted, by count and hash', async () => {
  await misjudge()
  expect(await withheld()).toBe(3)
  for (const [name, value] of Object.entries(world.env)) vi.stubEnv(name, value)
  const said = await sluis(['pack', 'revert', 'lab-quality', '--reason', 'misjudges', '--url', world.hub.url, '--json'])
  expect(said.code).toBe(0)
  expect(await withheld()).toBe(0)
  const senderId = world.senderId('laboratory')
  const lines = [{ senderId, touched: true, patients: 3, of: 3, shown: 6, counted: 6 }]
  const api = { state: 'read', equal: true, url: world.hub.url, lines }
  expect(jsonLines(said)[0]).toMatchObject({ proof: { holds: true, proof: { api } } })
  // Each reading has its line, and says what for.
  const read = await world.query(`select distinct actor, role, purpose, outcome from access_log where role = 'reader'`)
  expect(read).toEqual([{ actor: 'sluis-proof', role: 'reader', purpose: 'audit', outcome: 'given' }])
})

test('an interface that shows less, or more, than the rows say is found out; one that does not answer is told', async () => {
  const { db, vault, ruleSets } = world.hub.parts
  const activation = await misjudge()
  await revertPack({ db, ruleSets }, undo)
  const of = { service: 'lab', activation } as const
  const reader = (await openProofReader(db, vault.keys, world.hub.url))!
  const lossy = { ...reader, visible: async (patient: Buffer) => (await reader.visible(patient))!.slice(1) }
  const lavish = {
    ...reader,
    visible: async (patient: Buffer) => [...(await reader.visible(patient))!, 'f'.repeat(32)],
  }
  const silent = { ...reader, visible: () => Promise.resolve(null) }
  expect(await readBack(db, reader, of)).toMatchObject({ state: 'read', equal: true })
  expect(await readBack(db, lossy, of)).toMatchObject({ state: 'read', equal: false })
  expect(await readBack(db, lavish, of)).toMatchObject({ state: 'read', equal: false })
  expect(await readBack(db, silent, of)).toEqual({ state: 'not-read', why: 'no-answer' })
  expect(await readBack(db, null, of)).toEqual({ state: 'not-read', why: 'no-address' })
  expect(await openProofReader(db, vault.keys, 'http://127.0.0.1:1')).toBeNull()
})

test('a hub proves by itself, over its own door', async () => {
  const { db, ruleSets } = world.hub.parts
  await misjudge()
  const { revert } = await revertPack({ db, ruleSets }, undo)
  const kept = () => proofOf(db, revert)
  await expect.poll(kept, { timeout: 60_000, interval: 500 }).not.toBeNull()
  expect(await kept()).toMatchObject({ holds: true, proof: { api: { state: 'read', equal: true } } })
}, 90_000)
