import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeInsz } from '../../src/identifiers/insz.ts'
import { labBundle, openFhirWorld, type Body, type FhirWorld, type Json } from './world.ts'

let world: FhirWorld
beforeAll(async () => {
  world = await openFhirWorld()
}, 120_000)
afterAll(() => world?.stop(), 60_000)

let people = 300
const coding = (code: string): Json => ({ coding: [{ system: 'urn:lab', code }] })
const drug = (code: string, value: string): Json => ({ code: coding(code), valueString: value })

/** One Observation of an order, without a value of its own. */
const panel = (insz: string, hour: string, status: string, component: readonly Json[], more: Json = {}): Json =>
  labBundle({
    insz,
    order: `O-${insz}`,
    results: [
      {
        status,
        issued: `2026-07-01T${hour}:00:00+02:00`,
        more: { code: coding('ABG'), valueQuantity: undefined, component, ...more },
      },
    ],
  })

async function somebody(): Promise<string> {
  const insz = makeInsz('1960-02-29', people++)
  await world.letIn(insz)
  return insz
}

/** What is told of each component of the patient now: code, status and value. */
async function now(insz: string): Promise<string[]> {
  const { body } = await world.ask(`/fhir/Observation?patient.identifier=${insz}`, { as: 'practice' })
  const found = body.entry.filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource)
  return found.map((one) => lineOf(one)).toSorted()
}

function lineOf(resource: Body): string {
  const { code, status, valueString } = resource as unknown as {
    readonly code: { readonly coding: readonly { readonly code: string }[] }
    readonly status: string
    readonly valueString?: string
  }
  return `${code.coding[0]?.code} ${status} ${valueString ?? '-'}`
}

const three = [drug('AMP', 'S'), drug('CIP', 'R'), drug('GEN', 'S')]

test('a component that a correction leaves out stays as it was, until the whole was taken back', async () => {
  const insz = await somebody()
  await world.hand(panel(insz, '10', 'final', three))
  expect(await now(insz)).toEqual(['AMP final S', 'CIP final R', 'GEN final S'])
  await world.hand(panel(insz, '11', 'corrected', [drug('AMP', 'R'), drug('CIP', 'R')]))
  expect(await now(insz)).toEqual(['AMP corrected R', 'CIP corrected R', 'GEN final S'])
  await world.hand(panel(insz, '12', 'entered-in-error', three))
  await world.hand(panel(insz, '13', 'final', [drug('AMP', 'R'), drug('CIP', 'R')]))
  expect(await now(insz)).toEqual(['AMP final R', 'CIP final R'])
})

test('a patient is named by no result that was taken back: it may bear the name of another', async () => {
  const insz = await somebody()
  const result = (family: string, status: string, hour: string): Json =>
    labBundle({
      insz,
      family,
      order: `${family} ${insz}`,
      results: [{ status, issued: `2026-07-01T${hour}:00:00+02:00` }],
    })
  const named = async (): Promise<unknown> => {
    const path = `/fhir/Patient/${world.index(insz).toString('hex')}`
    const { status, body } = await world.ask(path, { as: 'practice' })
    return status === 200 ? (body as unknown as { readonly name: unknown }).name : status
  }
  await world.hand(result('Maes', 'final', '10'))
  await world.hand(result('Maes', 'entered-in-error', '11'))
  expect(await named()).toBe(404)
  await world.hand(result('Peeters', 'final', '12'))
  expect(await named()).toEqual([{ family: 'Peeters', given: ['An'] }])
  await world.hand(result('Wouters', 'final', '13'))
  expect(await named()).toEqual([{ family: 'Wouters', given: ['An'] }])
  await world.hand(result('Wouters', 'entered-in-error', '14'))
  expect(await named()).toEqual([{ family: 'Peeters', given: ['An'] }])
})
