import { describe, expect, it } from 'vitest'
import { shippedForms } from '../../src/formats/eform/catalogue.ts'
import { readFhir } from '../../src/formats/fhir/read.ts'
import type { Reading } from '../../src/formats/format.ts'
import { makeFindingWords } from '../../src/intake/finding-words.ts'
import { receive, type DoorDeps } from '../../src/intake/receive.ts'
import { hasError } from '../../src/kernel/fault.ts'

// A small message can hold a hundred thousand faults. Each is told by a sentence in four languages, and those of a bundle or
// a patient stand with every record.

const format = readFhir(shippedForms())
const receivedAt = new Date('2026-07-01T10:00:00Z')

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const read = (value: unknown): Reading => format.read(bytesOf(value), { receivedAt })
const empty = (count: number): object[] => Array.from({ length: count }, () => ({}))
const response = (more: object): object => ({
  resourceType: 'QuestionnaireResponse',
  identifier: { value: 'q' },
  ...more,
})
const bundle = (type: string, resources: readonly object[], more: object = {}): object => ({
  resourceType: 'Bundle',
  type,
  identifier: { value: 'b-1' },
  entry: resources.map((resource) => ({ resource })),
  ...more,
})

function faultsOf(reading: Reading): { readonly sum: number; readonly refused: number; readonly bytes: number } {
  if (reading.state !== 'read') return { sum: reading.faults.length, refused: 0, bytes: 0 }
  const { records } = reading
  return {
    sum: records.reduce((sum, { faults }) => sum + faults.length, 0),
    refused: records.filter(({ faults }) => hasError(faults)).length,
    bytes: records.reduce((sum, record) => sum + JSON.stringify(record).length, 0),
  }
}

const forms = {
  'a bundle of a hundred responses': bundle(
    'collection',
    Array.from({ length: 100 }, () => response({})),
    {
      modifierExtension: empty(50_000),
    },
  ),
  'a response with modifiers': response({ modifierExtension: empty(200_000) }),
  'a response with empty answers': response({ item: [{ linkId: 'patient.insz', answer: empty(200_000) }] }),
  'a response with empty questions': response({ item: empty(200_000).map(() => ({ modifierExtension: [{}] })) }),
}

/** A door that takes custody of everything and keeps nothing. */
const door: DoorDeps = {
  accepting: {
    accept: () =>
      Promise.resolve({ state: 'stored', level: 'stored', receipt: 'r-1', receivedAt, repeated: false } as never),
  } as unknown as DoorDeps['accepting'],
  formatFor: () => format,
  acceptedTypes: format.contentTypes,
  switches: { assertOpen: () => undefined } as unknown as DoorDeps['switches'],
  findingWords: makeFindingWords(),
  now: () => receivedAt,
}

describe.each(Object.entries(forms))('%s', (_name, value) => {
  it('keeps few faults, and every record of it is refused', () => {
    const reading = read(value)
    const { sum, refused } = faultsOf(reading)
    expect(sum).toBeLessThan(2_000)
    expect(refused).toBe(reading.state === 'read' ? reading.records.length : -1)
  })

  it('is answered with a receipt and an answer of a size that can be read', async () => {
    const handed = { senderId: 1, contentType: 'application/fhir+json', bytes: bytesOf(value), traceparent: null }
    const { status, body } = await receive(door, { ...handed, language: 'nl' })
    expect(status).toBe(202)
    expect(body).toMatchObject({ receipt: 'r-1' })
    expect(JSON.stringify(body).length).toBeLessThan(2_000_000)
    expect(body.errors?.map(({ code }) => code)).toContain('faults-more')
  })
})

const codeOf = (code: string): object => ({ coding: [{ system: 'http://loinc.org', code }] })
const result = (more: object): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: codeOf('4548-4'),
  subject: { reference: 'Patient/p' },
  valueInteger: 1,
  ...more,
})
const patient = (more: object): object => ({ resourceType: 'Patient', id: 'p', name: [{ family: 'Peeters' }], ...more })
const results = (count: number): object[] => Array.from({ length: count }, () => result({}))
const ssin = 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin'

describe('what a laboratory hands over', () => {
  it.each([
    ['a result with modifiers', bundle('collection', [patient({}), result({ modifierExtension: empty(200_000) })])],
    ['a result with empty ranges', bundle('collection', [patient({}), result({ referenceRange: empty(200_000) })])],
    ['a patient with modifiers', bundle('collection', [patient({ modifierExtension: empty(50_000) }), ...results(50)])],
    [
      'components with empty ranges',
      bundle('collection', [
        patient({}),
        result({ component: empty(50).map(() => ({ code: codeOf('8480-6'), referenceRange: empty(2_000) })) }),
      ]),
    ],
  ])('%s keeps few faults, and is refused', (_name, value) => {
    const { sum, refused } = faultsOf(read(value))
    expect(sum).toBeLessThan(2_000)
    expect(refused).toBeGreaterThan(0)
  })

  it('tells few of the wrong numbers of a patient with each result', () => {
    const identifier = Array.from({ length: 2_000 }, (_, n) => ({ system: ssin, value: `x${n}` }))
    const { sum } = faultsOf(read(bundle('collection', [patient({ identifier }), ...results(10)])))
    expect(sum).toBeLessThan(200)
  })

  it('is refused whole when the numbers of its patient do not fit beside each of its results', () => {
    const identifier = Array.from({ length: 10_000 }, (_, n) => ({ value: `${n}` }))
    expect(read(bundle('collection', [patient({ identifier }), ...results(3_000)]))).toMatchObject({
      state: 'unreadable',
      faults: [{ code: 'fhir-notes-too-long' }],
    })
  })

  it('takes a bundle of thousands of ordinary results', () => {
    expect(read(bundle('collection', [patient({}), ...results(6_000)]))).toMatchObject({ state: 'read' })
  })
})
