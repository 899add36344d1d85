import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shippedForms } from '../../src/formats/eform/catalogue.ts'
import { toOperationOutcome } from '../../src/formats/fhir-lab/outcome.ts'
import { readFhir } from '../../src/formats/fhir/read.ts'
import type { Reading } from '../../src/formats/format.ts'
import { interpret } from '../../src/formats/lab/interpret.ts'
import type { ObservationContent } from '../../src/formats/lab/observation.ts'
import { shippedTables } from '../../src/formats/lab/tables.ts'
import type { CanonicalRecord } from '../../src/formats/record.ts'
import { makeInsz } from '../../src/identifiers/insz.ts'

const format = readFhir(shippedForms())
const receivedAt = new Date('2026-07-01T10:00:00Z')
type Json = Readonly<Record<string, unknown>>

function read(value: unknown): Reading {
  return format.read(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), { receivedAt })
}

function recordsOf(value: unknown): readonly CanonicalRecord[] {
  const reading = read(value)
  if (reading.state !== 'read') throw new Error(`not read: ${reading.faults.map((fault) => fault.code).join()}`)
  const { observations, mapped, kept } = reading.counts ?? {}
  expect(mapped! + kept!).toBe(observations)
  return reading.records
}

function contentOf(record: CanonicalRecord | undefined): ObservationContent {
  if (record?.content?.kind !== 'observation') throw new Error(`no result: ${told(record).join()}`)
  return record.content
}

const told = (record: CanonicalRecord | undefined): readonly string[] =>
  (record?.faults ?? []).map(({ severity, code, path }) => `${severity} ${code} ${path}`)

const ssin = 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin'
const insz = makeInsz('1960-02-29', 123)

const patient: Json = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [{ system: ssin, value: insz }],
  name: [{ use: 'official', family: 'Peeters', given: ['An', 'Marie'] }],
  gender: 'female',
  birthDate: '1960-02-29',
}

const hba1c: Json = {
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '4548-4', display: 'HbA1c' }] },
  subject: { reference: 'Patient/p1' },
  effectiveDateTime: '2026-06-30T08:15:00+02:00',
  issued: '2026-06-30T14:00:00+02:00',
  valueQuantity: { value: 7.5, unit: '%', system: 'http://unitsofmeasure.org', code: '%' },
}

function bundle(...resources: readonly Json[]): Json {
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) }
}

const changed = (change: Json): Json => bundle(patient, { ...hba1c, ...change })

describe('one result', () => {
  it('keeps what was sent and says whose it is', () => {
    const [record] = recordsOf(changed({}))
    expect(told(record)).toEqual([])
    expect(record).toMatchObject({ service: 'lab', formKind: 'observation', form: 'fhir-lab', subject: { insz } })
    expect(contentOf(record)).toMatchObject({
      code: { original: { code: '4548-4', system: 'loinc' } },
      value: { state: 'quantity', value: 7.5, decimals: 1, original: '7.5', unit: { text: '%' } },
      status: 'final',
      collectedAt: { at: '2026-06-30T08:15:00+02:00', precision: 'second' },
      patient: { familyName: 'Peeters', givenName: 'An Marie', identifiers: [{ scheme: 'insz', value: insz }] },
    })
    expect(interpret(contentOf(record), shippedTables()).canonical).toEqual({ value: 58, unit: 'mmol/mol' })
  })

  it('points at its bytes and keeps the digits that JSON.parse drops', () => {
    const text = JSON.stringify(changed({ note: [{ text: 'é "quoted" \\' }] })).replace('7.5', '7.50')
    const content = contentOf(recordsOf(text)[0])
    const bytes = Buffer.from(text).subarray(content.origin.from, content.origin.from + content.origin.length)
    expect(JSON.parse(bytes.toString())).toMatchObject({ resourceType: 'Observation', id: 'o1' })
    expect(content.value).toMatchObject({ decimals: 2, original: '7.50' })
  })

  it.each([
    [{ valueQuantity: { value: 20, comparator: '<' } }, { state: 'quantity', value: 20, comparator: '<', unit: null }],
    [{ valueString: '<5,2' }, { state: 'quantity', value: 5.2, comparator: '<', original: '<5,2' }],
    [{ valueString: '1,234' }, { state: 'text', text: '1,234' }],
    [{ valueString: 'negatief' }, { state: 'text', text: 'negatief' }],
    [{ valueInteger: 3 }, { state: 'quantity', value: 3, decimals: 0 }],
    [{ valueBoolean: true }, { state: 'text', text: 'true' }],
    [{ valueCodeableConcept: { text: 'positief' } }, { state: 'coded', codings: [{ code: '', text: 'positief' }] }],
    [{ valueRange: { low: { value: 2 }, high: { value: 5 } } }, { state: 'text', text: '2 - 5' }],
    [{ valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }, { state: 'text', text: '1:128' }],
    [{ valueTime: '08:15:00' }, { state: 'text', text: '08:15:00' }],
    [{ valueDateTime: '2026-06' }, { state: 'text', text: '2026-06' }],
    [{ dataAbsentReason: { coding: [{ code: 'not-performed' }] } }, { state: 'none', reason: 'not-performed' }],
    [{}, { state: 'none', reason: null }],
  ])('reads %j', (value, expected) => {
    const { valueQuantity: _, ...rest } = hba1c
    const [record] = recordsOf(bundle(patient, { ...rest, ...value }))
    expect(told(record)).toEqual([])
    expect(contentOf(record).value).toMatchObject(expected)
  })

  it.each([
    ['amended', 'corrected'],
    ['entered-in-error', 'entered-in-error'],
    ['cancelled', 'cancelled'],
    ['unknown', 'unknown'],
  ])('knows the status %s', (sent, status) => {
    expect(contentOf(recordsOf(changed({ status: sent }))[0]).status).toBe(status)
  })

  it('takes the time of its specimen and never that of the report', () => {
    const { effectiveDateTime: _, ...rest } = hba1c
    const specimen = {
      resourceType: 'Specimen',
      id: 's1',
      subject: { reference: 'Patient/p1' },
      collection: { collectedDateTime: '2026-06-29' },
    }
    const report = {
      resourceType: 'DiagnosticReport',
      id: 'r1',
      status: 'final',
      code: { text: 'x' },
      effectiveDateTime: '2026-07-01',
      result: [{ reference: 'Observation/o1' }],
    }
    const [known] = recordsOf(bundle(patient, specimen, report, { ...rest, specimen: { reference: 'Specimen/s1' } }))
    expect(contentOf(known).collectedAt).toEqual({ at: '2026-06-29', precision: 'day', zone: 'none' })
    expect(contentOf(recordsOf(bundle(patient, report, rest))[0]).collectedAt).toBeNull()
  })

  it('withdraws the results of a withdrawn report', () => {
    const report = {
      resourceType: 'DiagnosticReport',
      id: 'r1',
      status: 'entered-in-error',
      code: { text: 'x' },
      result: [{ reference: 'Observation/o1' }],
    }
    const [record] = recordsOf(bundle(patient, report, hba1c))
    expect(contentOf(record).status).toBe('entered-in-error')
    expect(told(record)).toEqual(['warning fhir-report-withdrawn /entry/2/resource/status'])
  })

  it('has the same key when it is corrected, and another for another sample', () => {
    const key = (change: Json): string => contentOf(recordsOf(changed(change))[0]).resultKey
    expect(key({ status: 'corrected', valueQuantity: { value: 8 } })).toBe(key({}))
    expect(key({ effectiveDateTime: '2026-06-30T06:15:00Z' })).toBe(key({}))
    expect(key({ effectiveDateTime: '2026-06-30T08:16:00+02:00' })).not.toBe(key({}))
  })
})

describe('panels and components', () => {
  it('keeps a heading without a value apart and reads its members', () => {
    const heading = { ...hba1c, id: 'h', hasMember: [{ reference: 'Observation/o1' }], valueQuantity: undefined }
    const reading = read(bundle(patient, heading, hba1c))
    expect(reading.counts).toEqual({ observations: 2, mapped: 1, kept: 1 })
    expect(contentOf(recordsOf(bundle(patient, heading, hba1c))[0]).order.panel?.code).toBe('4548-4')
  })

  it('reads every component as a result of its own', () => {
    const pressure = {
      ...hba1c,
      code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
      valueQuantity: undefined,
      component: ['8480-6', '8462-4'].map((code, index) => ({
        code: { coding: [{ system: 'http://loinc.org', code }] },
        valueQuantity: { value: 140 - 50 * index, unit: 'mmHg' },
      })),
    }
    const records = recordsOf(bundle(patient, pressure))
    expect(records.map((record) => contentOf(record).origin.path)).toEqual([
      '/entry/1/resource/component/0',
      '/entry/1/resource/component/1',
    ])
    expect(records.map((record) => interpret(contentOf(record), shippedTables()).canonical?.value)).toEqual([140, 90])
  })

  it('keeps components with one code apart, the same ones when they are sent again', () => {
    const part = (value: string) => ({
      code: { coding: [{ system: 'http://loinc.org', code: '600-7' }] },
      valueString: value,
    })
    const { valueQuantity: _, ...heading } = hba1c
    const keys = (...values: string[]) =>
      recordsOf(bundle(patient, { ...heading, component: values.map(part) })).map((one) => contentOf(one).resultKey)
    const three = keys('E. coli', 'K. oxytoca', 'P. mirabilis')
    expect(new Set(three).size).toBe(3)
    expect(keys('E. coli', 'K. oxytoca', 'M. morganii')).toEqual(three)
    expect(keys('E. coli')).toEqual(three.slice(0, 1))
  })

  it('keeps the tests of two isolates apart', () => {
    const isolate = (id: string, name: string): Json => {
      const { valueQuantity: _, ...rest } = hba1c
      return { ...rest, id, hasMember: [{ reference: `Observation/${id}a` }], valueCodeableConcept: { text: name } }
    }
    const test = (id: string): Json => ({ ...hba1c, id, valueQuantity: { value: 1 } })
    const records = recordsOf(
      bundle(patient, isolate('x', 'E. coli'), isolate('y', 'K. oxytoca'), test('xa'), test('ya')),
    )
    const [x, y] = records.slice(2).map(contentOf)
    expect([x!.subId, y!.subId]).toEqual(['E. coli', 'K. oxytoca'])
    expect(x!.resultKey).not.toBe(y!.resultKey)
  })

  it('ends with panels that go round', () => {
    const round = (id: string, other: string): Json => ({
      ...hba1c,
      id,
      hasMember: [{ reference: `Observation/${other}` }],
    })
    expect(recordsOf(bundle(patient, round('a', 'b'), round('b', 'a')))).toHaveLength(2)
  })

  it('takes a document for the result of a report without results', () => {
    const report = {
      resourceType: 'DiagnosticReport',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '11502-2' }] },
      subject: { reference: 'Patient/p1' },
      presentedForm: [{ contentType: 'application/pdf', data: Buffer.from('report').toString('base64') }],
    }
    const [record] = recordsOf(bundle(patient, report))
    expect(contentOf(record).value).toMatchObject({ state: 'document', mediaType: 'application/pdf', bytes: 6 })
  })
})

describe('whose result it is', () => {
  const other = {
    ...patient,
    id: 'p2',
    identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '111222333' }],
  }

  it('keeps the documents of a report apart', () => {
    const form = (text: string) => ({ contentType: 'text/plain', data: Buffer.from(text).toString('base64') })
    const report = {
      resourceType: 'DiagnosticReport',
      id: 'r1',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '11529-5' }] },
      subject: { reference: 'Patient/p1' },
      presentedForm: [form('one'), form('two')],
    }
    const keys = recordsOf(bundle(patient, report)).map((one) => contentOf(one).resultKey)
    expect(new Set(keys).size).toBe(2)
  })

  it('keeps several patients apart', () => {
    const records = recordsOf(
      bundle(patient, other, hba1c, { ...hba1c, id: 'o2', subject: { reference: 'Patient/p2' } }),
    )
    expect(records.map((record) => contentOf(record).patient.identifiers[0]?.scheme)).toEqual(['insz', 'bsn'])
  })

  it('finds it by fullUrl, by contained resource and by number alone', () => {
    const urn = 'urn:uuid:6069963e-1bb3-4c46-8913-14c68e44824b'
    const byUrl = {
      ...bundle(),
      entry: [{ fullUrl: urn, resource: patient }, { resource: { ...hba1c, subject: { reference: urn } } }],
    }
    const inside = { ...hba1c, contained: [patient], subject: { reference: '#p1' } }
    const byNumber = { ...hba1c, subject: { identifier: { system: ssin, value: insz } } }
    const report = {
      resourceType: 'DiagnosticReport',
      status: 'final',
      code: { text: 'x' },
      contained: [patient, { ...hba1c, subject: { reference: '#p1' } }],
      subject: { reference: '#p1' },
      result: [{ reference: '#o1' }],
    }
    for (const message of [byUrl, inside, byNumber, report]) {
      const [record] = recordsOf(message)
      expect(told(record)).toEqual([])
      expect(contentOf(record).patient.identifiers[0]?.value).toBe(insz)
    }
  })

  it.each([
    [
      'not in the message',
      bundle(patient, { ...hba1c, subject: { reference: 'Patient/gone' } }),
      'fhir-subject-not-found',
    ],
    ['the only patient is not guessed', bundle(patient, { ...hba1c, subject: undefined }), 'fhir-subject-missing'],
    ['alone without its patient', hba1c, 'fhir-subject-not-found'],
    ['two of one name', bundle(patient, { ...other, id: 'p1' }, hba1c), 'fhir-subject-ambiguous'],
    [
      'no person',
      bundle({ ...hba1c, subject: { reference: 'Group/g' } }, { resourceType: 'Group', id: 'g' }),
      'fhir-subject-no-patient',
    ],
    [
      'a specimen of somebody else',
      bundle(
        patient,
        other,
        { resourceType: 'Specimen', id: 's', subject: { reference: 'Patient/p2' } },
        { ...hba1c, specimen: { reference: 'Specimen/s' } },
      ),
      'fhir-subject-differs',
    ],
  ])('refuses when it is %s', (_, message, code) => {
    const [record] = recordsOf(message)
    expect(record?.content).toBeNull()
    expect(record?.faults.map((fault) => fault.code)).toContain(code)
  })

  it('keeps a number whose check digits do not hold as the sender’s', () => {
    const wrong = { ...patient, identifier: [{ system: ssin, value: '60022912300' }] }
    const [record] = recordsOf(bundle(wrong, hba1c))
    expect(told(record)).toEqual(['warning fhir-identifier-wrong /entry/0/resource/identifier/0/value'])
    expect(contentOf(record).patient.identifiers).toEqual([{ scheme: 'local', value: '60022912300', assigner: ssin }])
  })
})

describe('what is wrong', () => {
  it.each([
    [{ status: undefined }, 'fhir-element-missing', ''],
    [{ code: undefined }, 'fhir-element-missing', ''],
    [{ status: 'done' }, 'fhir-code-not-allowed', '/status'],
    [{ valueQuantity: { value: '5,2' } }, 'fhir-element-type', '/valueQuantity/value'],
    [{ valueQuantity: { value: 5, comparater: '<' } }, 'fhir-element-unknown', '/valueQuantity/comparater'],
    [{ valueQuantity: { value: 5, code: '%' } }, 'fhir-rule-broken', '/valueQuantity'],
    [{ valueQuantity: { value: 5, comparator: '~' } }, 'fhir-code-not-allowed', '/valueQuantity/comparator'],
    [{ valueString: 'x' }, 'fhir-value-several', ''],
    [{ effectiveDateTime: '2026-02-30' }, 'fhir-element-shape', '/effectiveDateTime'],
    [{ effectiveDateTime: '2026-06-30T08:15:00' }, 'fhir-element-shape', '/effectiveDateTime'],
    [{ effectiveInstant: '2026-06-30T08:15:00Z' }, 'fhir-value-several', ''],
    [{ dataAbsentReason: { text: 'x' } }, 'fhir-rule-broken', ''],
    [{ referenceRange: [{}] }, 'fhir-rule-broken', '/referenceRange/0'],
    [{ modifierExtension: [{ url: 'http://x' }] }, 'fhir-modifier-unknown', '/modifierExtension/0'],
    [{ hasMember: 'x' }, 'fhir-element-type', '/hasMember'],
  ])('%j', (change, code, path) => {
    const [record] = recordsOf(changed(change))
    expect(told(record)).toContain(`error ${code} /entry/1/resource${path}`)
    expect(record?.content).toBeNull()
  })

  it('tells all faults at once, as an OperationOutcome with the places', () => {
    const [record] = recordsOf(changed({ status: 'done', code: undefined, valueString: 'x' }))
    const { issue } = toOperationOutcome(record?.faults ?? [], 'Bundle') as {
      issue: { severity: string; code: string; expression: string[]; details: { text: string } }[]
    }
    expect(issue.map(({ severity, expression }) => `${severity} ${expression.join()}`)).toEqual([
      'error Bundle.entry[1].resource',
      'error Bundle.entry[1].resource.status',
      'error Bundle.entry[1].resource',
    ])
    expect(issue.every(({ details }) => !details.text.includes('{'))).toBe(true)
  })

  it('warns of what is wrong around the result and reads it', () => {
    const message = { ...changed({}), extra: 1 }
    const [record] = recordsOf({ ...message, total: 'one' })
    expect(told(record)).toEqual(['warning fhir-element-unknown /extra', 'warning fhir-element-type /total'])
    expect(record?.content).not.toBeNull()
  })

  it.each([
    ['searchset', 'fhir-bundle-type'],
    ['history', 'fhir-bundle-type'],
  ])('takes no %s', (type, code) => {
    expect(read({ ...changed({}), type })).toMatchObject({ state: 'unreadable', service: 'lab', faults: [{ code }] })
  })

  it('refuses a transaction with a deletion whole, and reads the rest of a batch', () => {
    const entry = [patient, hba1c].map((resource) => ({ resource, request: { method: 'POST', url: 'x' } }))
    const deletion = { request: { method: 'DELETE', url: 'Observation/1' } }
    const message = { resourceType: 'Bundle', entry: [...entry, deletion] }
    expect(read({ ...message, type: 'transaction' })).toMatchObject({ faults: [{ code: 'fhir-method-not-read' }] })
    const [record] = recordsOf({ ...message, type: 'batch' })
    expect(told(record)).toEqual(['warning fhir-method-not-read /entry/2/request/method'])
  })

  it('refuses the results of a transaction together, and those of a batch one by one', () => {
    const results = [hba1c, { ...hba1c, id: 'other', status: undefined }]
    const entry = [patient, ...results].map((resource) => ({ resource, request: { method: 'POST', url: 'x' } }))
    const message = { resourceType: 'Bundle', entry }
    const codesOf = (type: string) =>
      recordsOf({ ...message, type }).map(({ faults, content }) => [
        ...faults.filter(({ severity }) => severity === 'error').map(({ code }) => code),
        content === null,
      ])
    expect(codesOf('transaction')).toEqual([
      ['fhir-transaction-refused', true],
      ['fhir-element-missing', true],
    ])
    expect(codesOf('batch')).toEqual([[false], ['fhir-element-missing', true]])
  })

  it('never drops a result that stands where none is looked for', () => {
    const hidden = { ...changed({}), signature: { who: hba1c } }
    expect(read(hidden)).toMatchObject({ state: 'unreadable', faults: [{ code: 'fhir-count-differs' }] })
  })

  it('says that XML is not read', () => {
    expect(read('<Observation xmlns="http://hl7.org/fhir"/>')).toMatchObject({
      faults: [{ code: 'fhir-xml-not-read' }],
    })
  })
})

describe('hostile input', () => {
  it('never throws, whatever stands in place of an element', () => {
    const paths = [
      'status',
      'code',
      'subject',
      'valueQuantity',
      'component',
      'hasMember',
      'specimen',
      'note',
      'contained',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), fc.constantFrom(0, 1), (path, value, place) => {
        const resources = [patient, hba1c].map((one, index) => (index === place ? { ...one, [path]: value } : one))
        const reading = read(bundle(...resources))
        if (reading.state === 'read') {
          const { observations, mapped, kept } = reading.counts!
          expect(mapped! + kept!).toBe(observations)
        }
      }),
      { numRuns: 300 },
    )
  })
})

const samples = join(process.env['SLUIS_SHARED'] ?? '../shared', 'lab-samples')

describe.skipIf(!existsSync(samples))('the samples of both countries (skipped when they are absent)', () => {
  it.each(globSync('hl7-be-lab-fhir/**/*.json', { cwd: samples }))('%s: every Observation accounted for', (file) => {
    const text = readFileSync(join(samples, file), 'utf8')
    const reading = read(text)
    expect(reading.state).toBe('read')
    expect(reading.counts!['observations']).toBe(text.match(/"resourceType"\s*:\s*"Observation"/g)?.length)
    expect(reading.counts!['mapped']! + reading.counts!['kept']!).toBe(reading.counts!['observations'])
    const records = recordsOf(text)
    expect(records.flatMap((record) => record.faults.filter((fault) => fault.severity === 'error'))).toEqual([])
    for (const record of records) {
      const { from, length } = contentOf(record).origin
      expect(
        JSON.parse(
          Buffer.from(text)
            .subarray(from, from + length)
            .toString(),
        ),
      ).toHaveProperty('code')
    }
  })

  it.each(globSync('nictiz*/**/*.xml', { cwd: samples }))('%s: told, not read', (file) => {
    expect(read(readFileSync(join(samples, file), 'utf8'))).toMatchObject({ faults: [{ code: 'fhir-xml-not-read' }] })
  })
})
