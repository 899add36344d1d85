import { expect, test } from 'vitest'
import { shippedForms } from '../../src/formats/eform/catalogue.ts'
import { readFhir } from '../../src/formats/fhir/read.ts'
import type { Reading } from '../../src/formats/format.ts'
import { renderReport } from '../../src/http/fhir/report.ts'
import { makeInsz } from '../../src/identifiers/insz.ts'

type Json = Readonly<Record<string, unknown>>

const format = readFhir(shippedForms())
const insz = makeInsz('1960-02-29', 123)
const ssin = 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin'
const subject = { identifier: { system: ssin, value: insz } }
const codeOf = (code: string): Json => ({ coding: [{ system: 'http://loinc.org', code }] })

const observation = (id: string, more: Json): Json => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: codeOf('4548-4'),
  subject,
  effectiveDateTime: '2026-06-30T08:15:00+02:00',
  ...more,
})
const report = (more: Json): Json => ({
  resourceType: 'DiagnosticReport',
  id: 'r',
  status: 'final',
  code: codeOf('11502-2'),
  subject,
  ...more,
})

function read(...resources: readonly Json[]): Reading {
  const entry = resources.map((resource) => ({ fullUrl: `urn:x:${String(resource['id'])}`, resource }))
  const bundle = { resourceType: 'Bundle', type: 'collection', entry }
  return format.read(Buffer.from(JSON.stringify(bundle)), { receivedAt: new Date('2026-07-01T10:00:00Z') })
}

/** Own notes and those of the order, of every result. */
function notes(...resources: readonly Json[]): { own: readonly string[]; order: readonly string[] | undefined }[] {
  const reading = read(...resources)
  if (reading.state !== 'read') throw new Error(reading.faults[0]?.code)
  return reading.records.map(({ content, faults }) => {
    if (content?.kind !== 'observation') throw new Error(JSON.stringify(faults))
    return { own: content.notes, order: content.order.notes }
  })
}

test('notes beside a heading are kept with its components', () => {
  const component = [
    { code: codeOf('8480-6'), valueQuantity: { value: 120 } },
    { code: codeOf('8462-4'), valueQuantity: { value: 80 } },
  ]
  const note = [{ text: 'sitting' }, { text: 'left arm' }]
  const own = ['sitting', 'left arm']
  expect(notes(observation('a', { component, note }))).toEqual([
    { own, order: undefined },
    { own, order: undefined },
  ])
  // One with a value keeps them itself.
  expect(notes(observation('a', { component, note, valueString: 'x' })).map((one) => one.own)).toEqual([own, [], []])
})

test('the conclusion of a report and the notes of its panels are kept with the order', () => {
  const panel = observation('p', { hasMember: [{ reference: 'Observation/a' }], note: [{ text: 'fasting' }] })
  const value = { valueQuantity: { value: 5 } }
  const about = report({
    conclusion: 'No sign of diabetes',
    result: [{ reference: 'Observation/p' }, { reference: 'Observation/b' }],
  })
  const own = observation('a', { ...value, note: [{ text: 'own' }] })
  expect(notes(about, panel, own, observation('b', value))).toEqual([
    { own: ['own'], order: ['No sign of diabetes', 'fasting'] },
    { own: [], order: ['No sign of diabetes'] },
  ])
})

test('the conclusion of a report of documents is kept with them', () => {
  const presentedForm = [{ contentType: 'application/pdf', data: 'JVBERg==' }]
  expect(notes(report({ conclusion: 'See the document', presentedForm }))).toEqual([
    { own: [], order: ['See the document'] },
  ])
})

test('a huge conclusion is not copied thousands of times', () => {
  const ids = Array.from({ length: 2_000 }, (_, n) => `o${n}`)
  const result = ids.map((id) => ({ reference: `Observation/${id}` }))
  const observations = ids.map((id) => observation(id, { valueString: 'x' }))
  expect(read(report({ conclusion: 'x'.repeat(20_000), result }), ...observations)).toMatchObject({
    state: 'unreadable',
    faults: [{ code: 'fhir-notes-too-long' }],
  })
})

test('a report of several panels tells the notes of each, once', () => {
  const reading = read(
    report({
      identifier: [{ type: { coding: [{ code: 'FILL' }] }, value: 'F1' }],
      conclusion: 'No sign of diabetes',
      result: [{ reference: 'Observation/p' }, { reference: 'Observation/q' }],
    }),
    observation('p', { hasMember: [{ reference: 'Observation/a' }], note: [{ text: 'fasting' }] }),
    observation('q', { hasMember: [{ reference: 'Observation/b' }], note: [{ text: 'haemolytic' }] }),
    observation('a', { valueString: 'x' }),
    observation('b', { valueString: 'y' }),
  )
  if (reading.state !== 'read') throw new Error('not read')
  const parts = reading.records.map(({ content }, record) => {
    const version = { record, checked: true, receivedAt: new Date(0), patient: Buffer.of(1), status: 'final' }
    return [version, content] as unknown as Parts[number]
  })
  expect(renderReport({ id: 'r.0', ordinal: 0, parts }, new Map(), new Set())).toMatchObject({
    conclusion: 'No sign of diabetes\nfasting\nhaemolytic',
  })
})

type Parts = Parameters<typeof renderReport>[0]['parts']
