import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brusselsDay } from '../../kernel/clock.ts'
import { tellFault } from '../../kernel/fault.ts'
import type { Reading } from '../format.ts'
import { formatFor } from '../registry.ts'
import { shippedForms } from './catalogue.ts'
import { factDayOf } from './days.ts'
import { isFindingCode } from './findings.ts'
import { seededRandom } from './random.ts'
import { formsAtMost, readEForm } from './read.ts'
import { brusselsTime, sampleForm, sampleKinds } from './sample.ts'
import { spoilings } from './spoil.ts'

const at = new Date('2022-07-01T10:00:00Z')
const format = readEForm(shippedForms())
const read = (value: unknown): Reading => format.read(Buffer.from(JSON.stringify(value)), { receivedAt: at })
const recordsOf = (reading: Reading) => (reading.state === 'read' ? reading.records : [])

describe('samples', () => {
  it.each(sampleKinds)('of %s read without a fault, in 2022 and later', (kind) => {
    const kindOf = {
      'rapid-test': 'rapid-test',
      vaccination: 'vaccination',
      booster: 'booster-1',
      'second-booster': 'booster-2',
    }
    for (const when of [at, new Date('2022-06-30T22:10:00Z'), new Date('2026-11-22T23:30:00Z')]) {
      for (let seed = 0; seed < 60; seed++) {
        const form = sampleForm(kind, { random: seededRandom(seed), at: when })
        const reading = format.read(Buffer.from(JSON.stringify(form)), { receivedAt: when })
        expect(reading).toMatchObject({ state: 'read', messageId: form.messageId })
        expect(recordsOf(reading)).toMatchObject([
          { formKind: kindOf[kind], faults: [], subject: { insz: form.patient.insz } },
        ])
      }
    }
  })

  it('keep to the share of positive results asked for', () => {
    const random = seededRandom(3)
    const results = Array.from({ length: 300 }, () => sampleForm('rapid-test', { random, at, positiveShare: 0 }))
    expect(results.every((form) => form.form === 'rapid-test' && form.test.result === 'negative')).toBe(true)
  })

  it('tell the time with the offset of that day in Belgium', () => {
    expect(brusselsTime(new Date('2022-07-01T07:12:00Z'))).toBe('2022-07-01T09:12:00+02:00')
    expect(brusselsTime(new Date('2022-12-31T23:30:00Z'))).toBe('2023-01-01T00:30:00+01:00')
  })
})

it.each(spoilings.map((one, index) => [one.code, index] as const))(
  'a form spoiled by %s is refused (%i)',
  (code, index) => {
    for (const kind of sampleKinds) {
      const form = sampleForm(kind, { random: seededRandom(index), at })
      const [record] = recordsOf(read(spoilings[index]!.spoil(form)))
      const found = record?.faults.find((fault) => fault.code === code)
      expect(found?.severity).toBe(isFindingCode(code) ? 'check' : 'error')
      const told = tellFault(found!)
      expect(told.severity).toBe('error')
      expect(told.type).toBe('FUNCTIONAL')
      for (const text of Object.values(told.texts)) expect(text).not.toMatch(/[{}]|undefined/)
    }
  },
)

describe('several forms in one message', () => {
  const forms = sampleKinds.map((kind, i) => sampleForm(kind, { random: seededRandom(i), at }))

  it('become as many records, each with its own patient and its own faults', () => {
    const bad = { ...forms[1]!, patient: { ...forms[1]!.patient, insz: '93051822362' } }
    const reading = read({ messageId: 'm-1', forms: [forms[0], bad, 'nothing', { form: 'x-ray' }, forms[2]] })
    expect(reading).toMatchObject({ state: 'read', messageId: 'm-1' })
    const records = recordsOf(reading)
    expect(records.map((record) => record.ordinal)).toEqual([0, 1, 2, 3, 4])
    expect(records.map((record) => record.formKind)).toEqual([
      'rapid-test',
      'vaccination',
      'unknown',
      'unknown',
      'booster-1',
    ])
    expect(records.map((record) => record.faults.map((fault) => `${fault.code} ${fault.path}`))).toEqual([
      [],
      ['identifier-check-digits /forms/1/patient/insz'],
      ['eform-not-recognised /forms/2'],
      ['form-unknown /forms/3/form'],
      [],
    ])
    expect(records[4]?.subject?.insz).toBe(forms[2]?.patient.insz)
    // Only its meaning is wrong: who it is about can be read all the same.
    expect(records[1]?.subject?.insz).toBe('93051822362')
  })

  it.each([
    ['none', { messageId: 'm', forms: [] }, 'forms-missing'],
    ['not a list', { messageId: 'm', forms: 'a' }, 'forms-missing'],
    ['too many', { messageId: 'm', forms: Array.from({ length: formsAtMost + 1 }, () => ({})) }, 'forms-too-many'],
    ['no form', { messageId: 'm' }, 'eform-not-recognised'],
    ['a list', [1], 'eform-not-recognised'],
    ['a text', 'form', 'eform-not-recognised'],
    ['null', null, 'eform-not-recognised'],
  ])('%s is unreadable', (_name, value, code) => {
    expect(read(value)).toMatchObject({ state: 'unreadable', faults: [{ code, severity: 'error' }] })
  })

  it('keeps the id of an unreadable message where it has one', () => {
    expect(read({ messageId: 'm-7' }).messageId).toBe('m-7')
    expect(read({ messageId: 7, forms: [forms[0]] })).toMatchObject({ state: 'read', messageId: '' })
  })
})

it('names ten unknown fields one by one and counts the others', () => {
  const extra = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i]))
  const form = sampleForm('rapid-test', { random: seededRandom(1), at })
  const [record] = recordsOf(read({ ...form, ...extra, patient: { ...form.patient, ...extra } }))
  expect(record?.faults).toHaveLength(22)
  expect(record?.faults.at(-1)).toMatchObject({ code: 'fields-unknown', severity: 'warning', params: { count: 4_990 } })
  expect(record?.content).not.toBeNull()
})

it('refuses a form with a duplicate key, a NUL or deep nesting as a whole', () => {
  const text = JSON.stringify(sampleForm('rapid-test', { random: seededRandom(1), at }))
  const codeOf = (bytes: string) => {
    const reading = format.read(Buffer.from(bytes), { receivedAt: at })
    return reading.state === 'unreadable' ? reading.faults[0]?.code : 'read'
  }
  expect(codeOf(text)).toBe('read')
  expect(codeOf(text.replace('"insz":', '"insz":"57010100901","insz":'))).toBe('json-duplicate-key')
  expect(codeOf(text.replace('"familyName":"', '"familyName":"\\u0000'))).toBe('json-nul')
  expect(codeOf(text.replace('"test":', `"x":${'['.repeat(40)}${']'.repeat(40)},"test":`))).toBe('json-too-deep')
  expect(codeOf(text.slice(0, -1))).toBe('json-broken')
})

it('takes an optional field that is empty as left out, and a time told to the minute to the second', () => {
  const form = sampleForm('rapid-test', { random: seededRandom(4), at }) as unknown as Record<string, object>
  const reading = read({
    ...form,
    pharmacist: { ...form['pharmacist'], name: '' },
    patient: { ...form['patient'], phone: '', language: '', postalCode: ' ' },
    test: { ...form['test'], sampledAt: '2022-07-01T09:12+02:00' },
  })
  expect(recordsOf(reading)).toMatchObject([
    {
      faults: [],
      author: { professionalName: null },
      subject: { phone: null, language: null, postalCode: null },
      happenedAt: '2022-07-01T09:12:00+02:00',
      content: { sampledAt: '2022-07-01T09:12:00+02:00' },
    },
  ])
})

it.each(['2022-06-30T00:30:00+02:00', '2022-06-29T22:30:00Z', '2022-06-30T03:30:00+05:00'])(
  'the day of a test is that of Brussels, also when it is written as %s',
  (sampledAt) => {
    const form = sampleForm('rapid-test', { random: seededRandom(4), at }) as unknown as Record<string, object>
    const born = (day: string) =>
      recordsOf(
        read({ ...form, patient: { ...form['patient'], birthDate: day }, test: { ...form['test'], sampledAt } }),
      )
        .flatMap(({ faults }) => faults.map(({ code }) => code))
        .filter((code) => code === 'birth-after-fact')
    expect(born('2022-06-30')).toEqual([])
    expect(born('2022-07-01')).toEqual(['birth-after-fact'])
  },
)

it('a day is that of Brussels in every hour, summer and winter', () => {
  expect(factDayOf('2022-06-30')).toBe('2022-06-30')
  for (const offset of ['Z', '+01:00', '+02:00', '-05:00', '+14:00'])
    for (const month of ['01', '03', '07', '10'])
      for (const day of ['01', '26', '27', '30'])
        for (let hour = 0; hour < 24; hour++) {
          const text = `2022-${month}-${day}T${String(hour).padStart(2, '0')}:59:00${offset}`
          expect(factDayOf(text)).toBe(brusselsDay(new Date(text)))
        }
})

it('never throws on a form of which any part is anything', () => {
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('2022-07-01', '__proto__', '2022-07-01T10:00:00Z', -1, 1e21),
  )
  const forms = sampleKinds.map((kind) => sampleForm(kind, { random: seededRandom(5), at }))
  const place = fc.constantFrom(
    'messageId',
    'form',
    'version',
    'action',
    'replaces',
    'motive',
    'pharmacy',
    'patient',
    'test',
    'vaccination',
    'forms',
  )
  const inside = fc.constantFrom(
    'insz',
    'birthDate',
    'sex',
    'result',
    'sampledAt',
    'device',
    'vaccinatedOn',
    'lot',
    'dose',
    'round',
    'nihii',
  )
  fc.assert(
    fc.property(
      fc.nat({ max: 3 }),
      place,
      fc.option(inside, { nil: undefined }),
      anything,
      (index, key, field, value) => {
        const form: Record<string, unknown> = { ...forms[index] }
        form[key] = field === undefined ? value : { ...(form[key] as object), [field]: value }
        const reading = read(form)
        expect(['read', 'unreadable']).toContain(reading.state)
        for (const record of recordsOf(reading)) {
          if (record.faults.some((fault) => fault.severity === 'error')) continue
          // Whatever is left to the checks is read whole.
          expect(record.author).not.toBeNull()
          if (record.action.state !== 'withdraw') expect([record.subject, record.content]).not.toContain(null)
        }
      },
    ),
    { numRuns: 1_500 },
  )
})

it('never throws on any bytes, in any format', () => {
  const formats = [formatFor('application/json; charset=utf-8'), formatFor('Application/FHIR+json')]
  expect(formats.map((one) => one?.name)).toEqual(['eform-json', 'fhir-r4'])
  expect(formatFor('text/plain')).toBeUndefined()
  const spoiledText = fc
    .tuple(fc.nat({ max: 3 }), fc.nat({ max: 600 }), fc.nat({ max: 5 }), fc.uint8Array({ maxLength: 4 }))
    .map(([kind, from, cut, put]) => {
      const text = Buffer.from(JSON.stringify(sampleForm(sampleKinds[kind]!, { random: seededRandom(kind), at })))
      return Buffer.concat([text.subarray(0, from), put, text.subarray(from + cut)])
    })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), spoiledText), (bytes) => {
      for (const one of formats) expect(['read', 'unreadable']).toContain(one?.read(bytes, { receivedAt: at }).state)
    }),
    { numRuns: 1_500 },
  )
})
