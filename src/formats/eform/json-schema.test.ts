import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect, it } from 'vitest'
import { shippedForms } from './catalogue.ts'
import { printJsonSchema } from './json-schema.ts'
import { seededRandom } from './random.ts'
import { readEForm } from './read.ts'
import { sampleForm, sampleKinds } from './sample.ts'
import { spoilings } from './spoil.ts'

const catalogue = shippedForms()
const at = new Date('2022-07-01T08:00:00Z')

function validatorOf(name: string) {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true })
  addFormats.default(ajv)
  return ajv.compile(printJsonSchema(catalogue.find(name, '2.0')!, catalogue))
}

const validators = { 'rapid-test': validatorOf('rapid-test'), vaccination: validatorOf('vaccination') }

/** Faults that a schema of one version can see too. */
const seenBySchema = [
  'identifier-shape',
  'field-missing',
  'field-type',
  'choice-unknown',
  'form-version-unknown',
  'code-unknown',
]

it('accepts every sample', () => {
  const random = seededRandom(7)
  for (const kind of sampleKinds) {
    for (let i = 0; i < 50; i++) {
      const form = sampleForm(kind, { random, at })
      const validate = validators[form.form]
      expect(validate(form), JSON.stringify(validate.errors)).toBe(true)
    }
  }
})

it.each(spoilings.map((one, index) => [one.code, index] as const))(
  'never accepts less than the reader: %s',
  (code, index) => {
    for (const kind of sampleKinds) {
      const form = sampleForm(kind, { random: seededRandom(index), at })
      const spoiled = JSON.parse(JSON.stringify(spoilings[index]!.spoil(form))) as object
      const accepted = validators[form.form](spoiled)
      if (seenBySchema.includes(code)) expect(accepted).toBe(false)
      const reading = readEForm(catalogue).read(Buffer.from(JSON.stringify(spoiled)), { receivedAt: at })
      expect(reading).toMatchObject({ state: 'read' })
      if (reading.state === 'read') expect(reading.records[0]?.faults.map((fault) => fault.code)).toContain(code)
    }
  },
)

it.each([
  ['new with replaces', { replaces: 'm-1' }, false],
  ['new with null', { replaces: null }, true],
  ['correct', { action: 'correct', replaces: 'm-1' }, true],
  ['correct without replaces', { action: 'correct' }, false],
  [
    'withdraw',
    { action: 'withdraw', replaces: 'm-1', motive: 'wrong person', test: undefined, patient: undefined },
    true,
  ],
  ['withdraw without motive', { action: 'withdraw', replaces: 'm-1' }, false],
  ['new without test', { test: undefined }, false],
] as const)('agrees with the reader on %s', (_name, change, good) => {
  const form = JSON.parse(
    JSON.stringify({ ...sampleForm('rapid-test', { random: seededRandom(1), at }), ...change }),
  ) as object
  expect(validators['rapid-test'](form)).toBe(good)
  const reading = readEForm(catalogue).read(Buffer.from(JSON.stringify(form)), { receivedAt: at })
  expect(reading.state === 'read' && reading.records[0]?.faults.every((fault) => fault.severity === 'warning')).toBe(
    good,
  )
})
