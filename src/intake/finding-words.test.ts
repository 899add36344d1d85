import { expect, it } from 'vitest'
import type { Reading } from '../formats/format.ts'
import { shippedForms } from '../formats/eform/catalogue.ts'
import { seededRandom } from '../formats/eform/random.ts'
import { readEForm } from '../formats/eform/read.ts'
import { sampleForm } from '../formats/eform/sample.ts'
import { makeFindingWords } from './finding-words.ts'

const at = new Date('2022-07-01T10:00:00Z')
const format = readEForm(shippedForms())

function reading(change: object): Reading {
  const form = sampleForm('rapid-test', { random: seededRandom(3), at })
  if (form.form !== 'rapid-test') throw new Error('no rapid test')
  const whole = { ...form, test: { ...form.test, ...change } }
  return format.read(Buffer.from(JSON.stringify(whole)), { receivedAt: at })
}

const severities = (told: Reading): string[] =>
  told.state === 'read' ? told.records.flatMap(({ faults }) => faults.map((one) => `${one.severity} ${one.path}`)) : []

const both = { device: '9999', targetGroup: 'TP9999' }

it('refuses in the words of the form as long as nothing else is known', () => {
  const told = makeFindingWords().told(reading(both), 1)
  expect(severities(told)).toEqual(['error /test/device', 'error /test/targetGroup'])
})

it('says what the version that counts says of a finding: of a field, of all the others, for one sender', () => {
  const words = makeFindingWords()
  words.set({
    usual: [
      { code: 'code-unknown', fields: ['test.device'], word: 'flag' },
      { code: 'code-unknown', fields: null, word: 'refuse' },
    ],
    bySender: new Map([[2, [{ code: 'code-unknown', fields: null, word: 'withhold' }]]]),
  })
  expect(severities(words.told(reading(both), 1))).toEqual(['warning /test/device', 'error /test/targetGroup'])
  expect(severities(words.told(reading(both), 2))).toEqual(['warning /test/device', 'warning /test/targetGroup'])
  words.set({ usual: [], bySender: new Map() })
  expect(severities(words.told(reading(both), 2))).toEqual(['error /test/device', 'error /test/targetGroup'])
})

it('leaves a reading without a finding as it is, and what the form itself refuses', () => {
  const words = makeFindingWords()
  const good = reading({})
  expect(words.told(good, 1)).toBe(good)
  const refused = reading({ result: 'perhaps' })
  expect(words.told(refused, 1)).toBe(refused)
})
