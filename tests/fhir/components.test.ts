import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeInsz } from '../../src/identifiers/insz.ts'
import { labBundle, openFhirWorld, type Body, type FhirWorld, type Json } from './world.ts'

let world: FhirWorld
beforeAll(async () => {
  world = await openFhirWorld()
}, 120_000)
afterAll(() => world?.stop(), 60_000)

const ssin = 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin'

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

test('a component that a correction leaves out is taken back, and stays in the history', async () => {
  const insz = await somebody()
  await world.hand(panel(insz, '10', 'final', three))
  expect(await now(insz)).toEqual(['AMP final S', 'CIP final R', 'GEN final S'])
  await world.hand(panel(insz, '11', 'corrected', [drug('AMP', 'R'), drug('CIP', 'R')]))
  const corrected = ['AMP corrected R', 'CIP corrected R', 'GEN entered-in-error -']
  expect(await now(insz)).toEqual(corrected)
  const { body } = await world.ask(`/fhir/Observation?patient.identifier=${insz}&status=entered-in-error`, {
    as: 'practice',
  })
  const history = await world.ask(`/fhir/Observation/${body.entry[0]!.resource.id}/_history`, { as: 'practice' })
  expect(history.body.entry.map(({ resource }) => lineOf(resource).split(' ')[1])).toEqual([
    'entered-in-error',
    'final',
  ])
  // Sent once more, nothing is taken back again; what a later one brings back counts.
  await world.hand(panel(insz, '11', 'corrected', [drug('AMP', 'R'), drug('CIP', 'R')]))
  expect(await now(insz)).toEqual(corrected)
  const records = `select count(*) as n from result where patient = $1`
  expect(await world.query(records, [world.index(insz)])).toEqual([{ n: 8 }])
  await world.hand(panel(insz, '12', 'corrected', three))
  expect(await now(insz)).toEqual(['AMP corrected S', 'CIP corrected R', 'GEN corrected S'])
})

test('it is in whatever order they arrive, whichever was left out', async () => {
  const insz = await somebody()
  await world.hand(panel(insz, '11', 'amended', [drug('AMP', 'R'), drug('GEN', 'R')]))
  await world.hand(panel(insz, '10', 'final', three))
  expect(await now(insz)).toEqual(['AMP corrected R', 'CIP entered-in-error -', 'GEN corrected R'])
})

test('and when they are read together', async () => {
  const insz = await somebody()
  const both = [panel(insz, '10', 'final', three), panel(insz, '11', 'corrected', three.slice(1))]
  await Promise.all(both.map((body) => world.ask('/fhir', { as: 'laboratory', method: 'POST', body })))
  await world.settled()
  expect(await now(insz)).toEqual(['AMP entered-in-error -', 'CIP corrected R', 'GEN corrected S'])
})

test('of components of one code the last are, and all of a result that has none any more', async () => {
  const insz = await somebody()
  const own = { valueString: 'growth' }
  await world.hand(panel(insz, '10', 'final', [drug('NOTE', 'a'), drug('NOTE', 'b'), drug('NOTE', 'c')], own))
  await world.hand(panel(insz, '11', 'corrected', [drug('NOTE', 'a'), drug('NOTE', 'c')], own))
  const noted = ['ABG corrected growth', 'NOTE corrected a', 'NOTE corrected c', 'NOTE entered-in-error -']
  expect(await now(insz)).toEqual(noted)
  await world.hand(panel(insz, '12', 'corrected', [], { ...own, component: undefined }))
  expect(await now(insz)).toEqual(['ABG corrected growth', ...Array<string>(3).fill('NOTE entered-in-error -')])
})

test('so is a document of a report', async () => {
  const insz = await somebody()
  const report = (hour: string, status: string, ...texts: readonly string[]): Json => ({
    resourceType: 'DiagnosticReport',
    contained: [
      { resourceType: 'Patient', id: 'p', identifier: [{ system: ssin, value: insz }], birthDate: '1960-02-29' },
    ],
    identifier: [{ type: { coding: [{ code: 'FILL' }] }, value: `D-${insz}` }],
    status,
    code: coding('CYTO'),
    subject: { reference: '#p' },
    effectiveDateTime: '2026-06-30T08:15:00+02:00',
    issued: `2026-07-01T${hour}:00:00+02:00`,
    presentedForm: texts.map((text) => ({ contentType: 'text/plain', data: Buffer.from(text).toString('base64') })),
  })
  await world.hand(report('10', 'final', 'one', 'two'), '/fhir/DiagnosticReport')
  expect(await now(insz)).toEqual(['CYTO final -', 'CYTO final -'])
  await world.hand(report('11', 'corrected', 'One'), '/fhir/DiagnosticReport')
  expect(await now(insz)).toEqual(['CYTO corrected -', 'CYTO entered-in-error -'])
})

test('what says no word of correction takes nothing back', async () => {
  const insz = await somebody()
  await world.hand(panel(insz, '10', 'preliminary', three))
  await world.hand(panel(insz, '11', 'final', three.slice(0, 2)))
  expect(await now(insz)).toEqual(['AMP final S', 'CIP final R', 'GEN preliminary S'])
})
