import { describe, expect, it } from 'vitest'
import { seededRandom } from '../eform/random.ts'
import { sampleForm, sampleKinds } from '../eform/sample.ts'
import { deservesCertificate, toCertificateRequest } from '../certificate-request.ts'
import type { Reading } from '../format.ts'
import type { OwedNames } from '../owed.ts'
import type { CanonicalRecord } from '../record.ts'
import { formatFor } from '../registry.ts'
import { toQuestionnaireResponse } from './questionnaire-response.ts'
import type { Bundle, Resource } from './resources.ts'
import { toSciensanoBundle } from './sciensano.ts'
import { toVaccinnetBundle } from './vaccinnet.ts'

const at = new Date('2022-07-01T10:00:00Z')
const names: OwedNames = { deliveryId: 'd-1', recordId: 'r-1.0', receivedAt: at.toISOString(), earlier: null }
const sample = (kind: (typeof sampleKinds)[number], seed = 1) => sampleForm(kind, { random: seededRandom(seed), at })

function read(contentType: string, value: unknown): Reading {
  return formatFor(contentType)!.read(Buffer.from(JSON.stringify(value)), { receivedAt: at })
}
const readFhir = (value: unknown) => read('application/fhir+json', value)

function recordOf(value: unknown): CanonicalRecord {
  const reading = read('application/json', value)
  if (reading.state !== 'read') throw new Error('not read')
  return reading.records[0]!
}

function partOf(bundle: Bundle, type: string): Resource {
  return bundle.entry.map((entry) => entry.resource).find((resource) => resource.resourceType === type)!
}

describe('a questionnaire response', () => {
  it.each(sampleKinds)('of %s gives the record that the eForm gives', (kind) => {
    const form = sample(kind)
    const fhir = readFhir(toQuestionnaireResponse(form))
    expect(fhir).toMatchObject({ state: 'read', format: 'fhir-r4', messageId: form.messageId })
    expect(fhir.state === 'read' && fhir.records).toEqual([recordOf(form)])
  })

  it('points every fault at the answer as it was sent', () => {
    const form = sample('rapid-test')
    const response = toQuestionnaireResponse({
      ...form,
      patient: { ...form.patient, insz: '93051822362', sex: 'x' as 'male' },
    })
    const reading = readFhir(response)
    const paths =
      reading.state === 'read' ? reading.records[0]?.faults.map((fault) => `${fault.code} ${fault.path}`) : []
    expect(paths).toEqual(['identifier-check-digits /item/3/item/0/answer/0', 'choice-unknown /item/3/item/4/answer/0'])
  })

  it.each([
    [
      'another questionnaire',
      { questionnaire: 'https://elsewhere.example/Questionnaire/rapid-test|2.0' },
      'field-missing /questionnaire',
    ],
    [
      'an unknown version',
      { questionnaire: 'https://sluis.example/fhir/Questionnaire/rapid-test|9' },
      'form-version-unknown /questionnaire',
    ],
    ['a response still in progress', { status: 'in-progress' }, 'fhir-not-completed /status'],
    ['no identifier', { identifier: undefined }, 'field-missing /identifier'],
  ])('with %s is refused', (_name, change, expected) => {
    const reading = readFhir({ ...toQuestionnaireResponse(sample('rapid-test')), ...change })
    const found =
      reading.state === 'read' ? reading.records[0]?.faults.map((fault) => `${fault.code} ${fault.path}`) : []
    expect(found).toContain(expected)
  })

  it('with a question answered twice, or by a type that is not read, is refused', () => {
    const response = toQuestionnaireResponse(sample('rapid-test'))
    const twice = { linkId: 'patient.insz', answer: [{ valueString: '57010100901' }] }
    const odd = { linkId: 'patient.phone2', answer: [{ valueAttachment: {} }] }
    const strange = { linkId: '__proto__', answer: [{ valueString: 'x' }] }
    const item = [...(response['item'] as object[]), twice, odd, strange]
    const reading = readFhir({ ...response, item })
    const codes = reading.state === 'read' ? reading.records[0]?.faults.map((fault) => fault.code) : []
    expect(codes).toEqual(['fhir-answered-twice', 'fhir-answer-unreadable', 'fhir-question-unknown'])
  })

  it('with two values in one answer is refused: nobody guesses which counts', () => {
    const response = toQuestionnaireResponse(sample('rapid-test'))
    const answer = [{ valueString: '+32 470 12 34 56', valueUri: 'tel:+32' }]
    const item = [...(response['item'] as object[]), { linkId: 'motive', answer }]
    const last = item.length - 1
    const reading = readFhir({ ...response, item })
    expect(reading.state === 'read' && reading.records[0]?.faults).toEqual([
      {
        code: 'fhir-value-several',
        severity: 'error',
        path: `/item/${last}/answer/0`,
        params: { count: 2, elements: 'valueString, valueUri' },
      },
    ])
  })

  const modifier = { modifierExtension: [{ url: 'http://x.example/not-done', valueBoolean: true }] }
  const note = { linkId: 'motive', answer: [{ valueString: 'x' }] }
  it.each([
    ['of the response', modifier, {}, {}, '/modifierExtension/0'],
    ['of a question', {}, { ...note, ...modifier }, {}, '/item/0/modifierExtension/0'],
    ['of a group', {}, { linkId: 'patient', item: [], ...modifier }, {}, '/item/0/modifierExtension/0'],
    [
      'of an answer',
      {},
      { ...note, answer: [{ ...note.answer[0], ...modifier }] },
      {},
      '/item/0/answer/0/modifierExtension/0',
    ],
    ['by rules of its own', { implicitRules: 'http://x.example/rules' }, {}, {}, '/implicitRules'],
    ['by rules of its bundle', {}, {}, { implicitRules: 'http://x.example/rules' }, '/implicitRules'],
  ])('with a meaning changed %s is refused', (_name, onResponse, first, onBundle, path) => {
    const response = toQuestionnaireResponse(sample('rapid-test'))
    const changed = { ...response, ...onResponse, item: [first, ...(response['item'] as object[])] }
    const inBundle = Object.keys(onBundle).length > 0
    const bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: changed }], ...onBundle }
    const reading = readFhir(inBundle ? bundle : changed)
    const faults = reading.state === 'read' ? reading.records[0]?.faults : []
    expect(faults).toMatchObject([{ code: 'fhir-modifier-unknown', severity: 'error', path }])
  })
})

describe('a bundle of responses', () => {
  const forms = [sample('rapid-test', 1), sample('booster', 2), sample('vaccination', 3)]
  const entry = forms.map((form) => ({ resource: toQuestionnaireResponse(form) }))

  it('keeps the patients apart and names what it does not read', () => {
    const reading = readFhir({
      resourceType: 'Bundle',
      type: 'collection',
      identifier: { value: 'b-1' },
      entry: [entry[0], { resource: { resourceType: 'Patient' } }, entry[1], null, entry[2]],
    })
    expect(reading).toMatchObject({ state: 'read', messageId: 'b-1' })
    const records = reading.state === 'read' ? reading.records : []
    expect(records.map((record) => record.subject?.insz)).toEqual(forms.map((form) => form.patient.insz))
    expect(records.map((record) => record.ordinal)).toEqual([0, 1, 2])
    expect(records[0]?.faults).toMatchObject([
      { code: 'fhir-entry-not-read', severity: 'warning', path: '/entry/1/resource' },
      { code: 'fhir-entry-not-read', severity: 'warning', path: '/entry/3/resource' },
    ])
  })

  it('points every fault into the entry it stands in', () => {
    const form = forms[1]!
    const bad = toQuestionnaireResponse({ ...form, pharmacy: { ...form.pharmacy, nihii: '27456741' } })
    const reading = readFhir({
      resourceType: 'Bundle',
      identifier: { value: 'b-2' },
      entry: [entry[0], { resource: bad }],
    })
    expect(
      reading.state === 'read' && reading.records.map((record) => record.faults.map((fault) => fault.path)),
    ).toEqual([[], ['/entry/1/resource/item/0/item/0/answer/0']])
  })

  it.each([
    ['a patient', { resourceType: 'Patient' }, 'fhir-not-recognised'],
    ['an empty bundle', { resourceType: 'Bundle', entry: [] }, 'fhir-not-recognised'],
    ['a list', [], 'fhir-not-recognised'],
    [
      'a hundred and one responses',
      { resourceType: 'Bundle', entry: Array.from({ length: 101 }, () => entry[0]) },
      'forms-too-many',
    ],
  ])('%s is unreadable', (_name, value, code) => {
    expect(readFhir(value)).toMatchObject({ state: 'unreadable', faults: [{ code }] })
  })
})

describe('what Sciensano gets', () => {
  it('is a message with the test, by LOINC and SNOMED, at the time of the sample', () => {
    const form = { ...sample('rapid-test') }
    const record = recordOf({ ...form, test: { ...(form as { test: object }).test, result: 'positive' } })
    const bundle = toSciensanoBundle(record, names)
    expect(bundle.entry.map((entry) => entry.resource.resourceType)).toEqual([
      'MessageHeader',
      'Patient',
      'Observation',
    ])
    const observation = partOf(bundle, 'Observation')
    expect(observation).toMatchObject({
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '94558-4' }] },
      valueCodeableConcept: { coding: [{ code: '260373001' }] },
      effectiveDateTime: record.happenedAt,
      subject: { reference: bundle.entry[1]?.fullUrl },
      identifier: [{ value: 'r-1.0' }],
    })
    expect(partOf(bundle, 'MessageHeader')).toMatchObject({ focus: [{ reference: bundle.entry[2]?.fullUrl }] })
  })

  it('is the same to the byte however often it is made', () => {
    const record = recordOf(sample('rapid-test'))
    expect(JSON.stringify(toSciensanoBundle(record, names))).toBe(JSON.stringify(toSciensanoBundle(record, names)))
  })

  it('names the earlier test of a correction, and strikes out that of a withdrawal', () => {
    const form = sample('rapid-test')
    const earlier = { recordId: 'r-0.0', record: recordOf(form) }
    const correction = recordOf({ ...form, messageId: 'm-2', action: 'correct', replaces: form.messageId })
    expect(partOf(toSciensanoBundle(correction, { ...names, earlier }), 'Observation')).toMatchObject({
      status: 'corrected',
      identifier: [
        { use: 'official', value: 'r-1.0' },
        { use: 'old', value: 'r-0.0' },
      ],
    })
    const { patient: _patient, ...rest } = form
    const withdrawal = recordOf({
      ...rest,
      test: null,
      messageId: 'm-3',
      action: 'withdraw',
      replaces: form.messageId,
      motive: 'other person',
    })
    expect(partOf(toSciensanoBundle(withdrawal, { ...names, earlier }), 'Observation')).toMatchObject({
      status: 'entered-in-error',
      identifier: [{ value: 'r-0.0' }],
      note: [{ text: 'other person' }],
    })
    expect(() => toSciensanoBundle(withdrawal, names)).toThrow(/record-without-fact/)
    expect(() => toSciensanoBundle(recordOf(sample('booster')), names)).toThrow(/record-without-fact/)
  })
})

describe('what Vaccinnet gets', () => {
  it('holds to the Belgian profile: lot in the extension, a recorder, nothing that is forbidden', () => {
    for (const kind of ['vaccination', 'booster', 'second-booster'] as const) {
      const record = recordOf(sample(kind))
      const bundle = toVaccinnetBundle(record, names)
      const immunization = partOf(bundle, 'Immunization')
      for (const element of ['lotNumber', 'expirationDate', 'protocolApplied', 'location']) {
        expect(immunization).not.toHaveProperty(element)
      }
      const extension = immunization['extension'] as { url: string; extension?: { url: string }[] }[]
      expect(extension.map((one) => one.url.split('/').at(-1))).toEqual([
        'be-ext-recorder',
        'be-ext-administeredProduct',
      ])
      const content = record.content as { lot: string; cnk: string; vaccinatedOn: string }
      expect(extension[1]?.extension).toMatchObject([
        { url: 'coded', valueCodeableConcept: { coding: [{ code: content.cnk }, {}, {}] } },
        { url: 'lotNumber', valueString: content.lot },
        { url: 'expirationDate' },
      ])
      expect(immunization).toMatchObject({
        status: 'completed',
        recorded: names.receivedAt,
        occurrenceDateTime: content.vaccinatedOn,
        patient: { reference: bundle.entry[0]?.fullUrl },
        vaccineCode: { coding: [{ system: 'http://snomed.info/sct' }] },
      })
    }
  })
})

describe('what a certificate is asked for', () => {
  it('carries the time of the sample and the pharmacy as centre', () => {
    const form = sample('rapid-test', 4)
    const record = recordOf(form)
    expect(toCertificateRequest(record, names)).toMatchObject({
      kind: 'test',
      recordId: 'r-1.0',
      person: { familyName: form.patient.familyName, birthDate: form.patient.birthDate },
      test: { sampledAt: record.happenedAt, centre: form.pharmacy.name },
      vaccination: null,
      country: 'BE',
    })
    expect(toCertificateRequest(recordOf(sample('booster')), names)).toMatchObject({ kind: 'vaccination', test: null })
  })

  it('is owed by a vaccination and by a negative test only', () => {
    const form = sample('rapid-test') as { test: object }
    const withResult = (result: string) => deservesCertificate(recordOf({ ...form, test: { ...form.test, result } }))
    expect(['negative', 'positive', 'undetermined'].map(withResult)).toEqual([true, false, false])
    expect(deservesCertificate(recordOf(sample('second-booster')))).toBe(true)
    expect(deservesCertificate(recordOf({ ...form, version: '9' }))).toBe(false)
  })
})
