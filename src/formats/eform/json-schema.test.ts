import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect, it } from 'vitest'
import { shippedForms } from './catalogue.ts'
import { datePatterns, isDay, isPartialDay, momentOf } from './days.ts'
import { controlCharacters, hasControlCharacter } from './field.ts'
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

const withdraw = { action: 'withdraw', replaces: 'm-1', motive: 'wrong person' }
const bare = { ...withdraw, test: undefined, patient: undefined }
const correct = { action: 'correct', replaces: 'm-1' }
const letters = (count: number, letter = 'a'): string => letter.repeat(count)

/** What a sample is changed in, by the path of each field (undefined takes it away), and whether it is good then. */
const rapidTests: readonly (readonly [string, Readonly<Record<string, unknown>>, boolean])[] = [
  ['new with replaces', { replaces: 'm-1' }, false],
  ['new with null', { replaces: null }, true],
  ['new with everything empty that may be left out', { action: '', replaces: '', motive: '' }, true],
  ['new with an action of null', { action: null }, true],
  ['an action nobody knows', { action: 'delete' }, false],
  ['an action that is a number', { action: 1 }, false],
  ['new with a motive that is a number', { motive: 7 }, true],
  ['new with a motive that is too long', { motive: letters(501) }, true],
  ['correct', correct, true],
  ['correct without replaces', { action: 'correct' }, false],
  ['correct with null', { ...correct, replaces: null }, false],
  ['correct with an empty motive', { ...correct, motive: '' }, true],
  ['correct with a motive of null', { ...correct, motive: null }, true],
  ['correct with a motive that is a number', { ...correct, motive: 7 }, false],
  ['correct without test', { ...correct, test: undefined }, false],
  ['withdraw', bare, true],
  ['withdraw with the test and patient', withdraw, true],
  ['withdraw with null for test and patient', { ...withdraw, test: null, patient: null }, true],
  ['withdraw with a test that is none', { ...withdraw, test: 'none', 'patient.insz': 7 }, true],
  ['withdraw without replaces', { ...bare, replaces: undefined }, false],
  ['withdraw with replaces of null', { ...bare, replaces: null }, false],
  ['withdraw with empty replaces', { ...bare, replaces: '' }, false],
  ['withdraw without motive', { ...bare, motive: undefined }, false],
  ['withdraw with an empty motive', { ...bare, motive: '' }, false],
  ['withdraw with a motive of spaces', { ...bare, motive: '  ' }, false],
  ['withdraw with a motive of null', { ...bare, motive: null }, false],
  ['withdraw with a motive that is a number', { ...bare, motive: 7 }, false],
  ['withdraw with a motive that is full', { ...bare, motive: letters(500) }, true],
  ['withdraw with a motive that is too long', { ...bare, motive: letters(501) }, false],
  ['withdraw with a line break in the motive', { ...bare, motive: 'wrong\nperson' }, false],
  ['withdraw without a pharmacy', { ...bare, pharmacy: undefined }, false],
  ['new without test', { test: undefined }, false],
  ['a test of null', { test: null }, false],
  ['a pharmacist of null', { pharmacist: null }, true],
  ['a pharmacist that is a text', { pharmacist: '' }, false],
  ['software of null', { software: null }, true],
  ['software left out', { software: undefined }, true],
  ['software without its name', { 'software.name': undefined }, false],
  ['a field nobody asked for', { 'test.temperature': 38.2, note: 'hello' }, true],
  ['optional fields that are empty', { 'patient.phone': '', 'patient.language': '', 'software.version': '' }, true],
  ['optional fields of spaces', { 'patient.phone': ' ', 'patient.language': '\t', 'software.version': '\u00a0' }, true],
  ['optional fields of null', { 'patient.phone': null, 'patient.language': null, 'software.version': null }, true],
  ['optional fields nobody can see', { 'software.version': '\u200b' }, false],
  ['a language nobody asked for', { 'patient.language': 'it' }, false],
  ['a telephone number that is none', { 'patient.phone': 'soon' }, true],
  ['a telephone number that is a number', { 'patient.phone': 470123456 }, false],
  ['required fields that are empty', { 'patient.givenName': '' }, false],
  ['required fields of spaces', { 'patient.givenName': ' \u2003' }, false],
  ['required fields of null', { 'patient.givenName': null }, false],
  ['a name with a tab', { 'patient.givenName': 'An\tBo' }, false],
  ['a name that turns its text around', { 'patient.givenName': '\u202eoB' }, false],
  ['a name with a joiner', { 'patient.givenName': 'نعمت\u200cالله' }, true],
  ['a name that is full', { 'patient.givenName': letters(80) }, true],
  ['a name that is too long', { 'patient.givenName': letters(81) }, false],
  ['a full name of characters of two units', { 'patient.givenName': letters(80, '𠮷') }, true],
  ['too many characters of two units', { 'patient.givenName': letters(81, '𠮷') }, false],
  ['a name without a letter', { 'patient.familyName': '-- 1' }, false],
  ['a pharmacist with another number', { 'pharmacist.nihii': 'A-1' }, true],
  ['a pharmacist with a number that is full', { 'pharmacist.nihii': letters(40, '1') }, true],
  ['a pharmacist with a number that is too long', { 'pharmacist.nihii': letters(41, '1') }, false],
  ['a pharmacist with a tab in the number', { 'pharmacist.nihii': '1\t2' }, false],
  ['a pharmacist with an empty number', { 'pharmacist.nihii': '' }, false],
  ['a birth date', { 'patient.birthDate': '1990-02-28' }, true],
  ['a year of birth', { 'patient.birthDate': '1990' }, true],
  ['a month of birth', { 'patient.birthDate': '1990-12' }, true],
  ['month 13', { 'patient.birthDate': '1990-13' }, false],
  ['month 0', { 'patient.birthDate': '1990-00' }, false],
  ['day 0', { 'patient.birthDate': '1990-01-00' }, false],
  ['the 31st of April', { 'patient.birthDate': '1990-04-31' }, false],
  ['the 29th of February', { 'patient.birthDate': '2000-02-29' }, true],
  ['the 29th of February of a year without one', { 'patient.birthDate': '1900-02-29' }, false],
  ['a birth date with spaces', { 'patient.birthDate': ' 1990' }, false],
  ['a sample told to the minute', { 'test.sampledAt': '2022-07-01T09:12+02:00' }, true],
  ['a sample told to the millisecond', { 'test.sampledAt': '2022-07-01T07:12:00.000Z' }, true],
  ['a sample without its offset', { 'test.sampledAt': '2022-07-01T09:12:00' }, false],
  ['a sample by a small t', { 'test.sampledAt': '2022-07-01t09:12:00z' }, false],
  ['a sample of the thirtieth of February', { 'test.sampledAt': '2022-02-30T09:12+01:00' }, false],
  ['a sample at twenty-four', { 'test.sampledAt': '2022-06-30T24:00:00+02:00' }, false],
  ['a sample in a second that was put in', { 'test.sampledAt': '2022-06-30T23:59:60Z' }, false],
]

const vaccinations: typeof rapidTests = [
  ['a number of the product that is none', { 'vaccination.cnk': 'x' }, true],
  ['optional fields that are empty', { 'vaccination.cnk': '', 'vaccination.expiresOn': '' }, true],
  ['optional fields of spaces', { 'vaccination.vaccinator': '  ', 'vaccination.expiresOn': ' ' }, true],
  ['an expiry date that does not exist', { 'vaccination.expiresOn': '2022-09-31' }, false],
  ['a lot that no list has', { 'vaccination.lot': 'ZZ9' }, true],
  ['an empty lot', { 'vaccination.lot': '' }, false],
  ['a lot that is too long', { 'vaccination.lot': letters(21) }, false],
  ['a lot with a tab', { 'vaccination.lot': 'A\t1' }, false],
  ['a dose of zero', { 'vaccination.dose': 0 }, false],
  ['a dose and a half', { 'vaccination.dose': 1.5 }, false],
  ['a day with a time', { 'vaccination.vaccinatedOn': '2022-07-01T10:00:00Z' }, false],
]

function changed(form: object, changes: Readonly<Record<string, unknown>>): object {
  const copy = structuredClone(form) as Record<string, unknown>
  for (const [path, value] of Object.entries(changes)) {
    const [section, field] = path.split('.') as [string, string?]
    if (field === undefined) copy[section] = value
    else (copy[section] as Record<string, unknown>)[field] = value
  }
  return JSON.parse(JSON.stringify(copy)) as object
}

it.each([
  ...rapidTests.map((one) => ['rapid-test', ...one] as const),
  ...vaccinations.map((one) => ['vaccination', ...one] as const),
])('%s: agrees with the reader on %s', (kind, _name, changes, good) => {
  const sample = sampleForm(kind === 'rapid-test' ? kind : 'booster', { random: seededRandom(1), at })
  const form = changed(sample, changes)
  expect(validators[sample.form](form), JSON.stringify(validators[sample.form].errors)).toBe(good)
  const reading = readEForm(catalogue).read(Buffer.from(JSON.stringify(form)), { receivedAt: at })
  const faults = reading.state === 'read' ? reading.records[0]!.faults : null
  expect(
    faults?.every((fault) => fault.severity === 'warning'),
    JSON.stringify(faults),
  ).toBe(good)
})

it('knows the days, times and hidden characters that the reader knows', () => {
  const [date, partial, dateTime] = [datePatterns.date, datePatterns['partial-date'], datePatterns['date-time']].map(
    (pattern) => new RegExp(pattern, 'u'),
  ) as [RegExp, RegExp, RegExp]
  const two = (n: number): string => String(n).padStart(2, '0')
  for (const year of ['0999', '1000', '1600', '1700', '1896', '1900', '1980', '2000', '2022', '2024', '2100', '9996']) {
    expect(partial.test(year)).toBe(isPartialDay(year))
    for (let month = 0; month <= 13; month++) {
      expect(partial.test(`${year}-${two(month)}`)).toBe(isPartialDay(`${year}-${two(month)}`))
      for (let day = 0; day <= 32; day++) {
        const text = `${year}-${two(month)}-${two(day)}`
        expect([text, date.test(text), partial.test(text)]).toEqual([text, isDay(text), isDay(text)])
        expect(dateTime.test(`${text}T10:00Z`)).toBe(momentOf(`${text}T10:00Z`) !== null)
      }
    }
  }
  const hidden = new RegExp(controlCharacters, 'u')
  for (let code = 0; code < 0x1_0000; code++) {
    const text = String.fromCharCode(code)
    if (hidden.test(text) !== hasControlCharacter(text)) throw new Error(`differs on ${code.toString(16)}`)
  }
})
