import { expect, test } from 'vitest'
import { shippedForms } from '../eform/catalogue.ts'
import { codeList } from '../eform/code-list.ts'
import type { Code, CodeListFile } from '../eform/form-file.ts'
import { seededRandom } from '../eform/random.ts'
import { sampleForm } from '../eform/sample.ts'
import type { OwedNames } from '../owed.ts'
import { formatFor } from '../registry.ts'
import { toSciensanoBundle } from './sciensano.ts'
import { toVaccinnetBundle } from './vaccinnet.ts'

const at = new Date('2022-07-01T10:00:00Z')
const names: OwedNames = { deliveryId: 'd-1', recordId: 'r-1.0', receivedAt: at.toISOString(), earlier: null }

function contentOf(kind: 'booster' | 'rapid-test') {
  const form = sampleForm(kind, { random: seededRandom(1), at })
  const reading = formatFor('application/json')!.read(Buffer.from(JSON.stringify(form)), { receivedAt: at })
  if (reading.state !== 'read') throw new Error('not read')
  return reading.records[0]!
}

/** The shipped forms with one list that has one code, and says this of its days. */
function withList(list: string, code: string, days: Partial<Code>, listDays: Partial<CodeListFile> = {}) {
  const shipped = shippedForms().lists
  const codes = Object.fromEntries(
    (shipped.get(list)?.versions ?? []).flatMap((file) => Object.entries(file.codes)).filter(([name]) => name === code),
  )
  const file = { ...shipped.get(list)!.versions[0]!, from: '2000-01-01', ...listDays }
  const own = codeList(list, [{ ...file, codes: { [code]: { ...codes[code]!, ...days } } }])
  return { ...shippedForms(), lists: new Map([...shipped, [list, own]]) }
}

const days = [
  ['past its last day', { till: '2001-01-01' }, {}],
  ['before its first day', { from: '2030-01-01' }, {}],
  ['in a list past its last day', {}, { till: '2001-01-01' }],
  ['before the first day of its list', {}, { from: '2030-01-01' }],
] as const

test.each(days)('a vaccine code %s keeps CNK and ATC for Vaccinnet', (_name, own, list) => {
  const record = contentOf('booster')
  if (record.content?.kind !== 'vaccination') throw new Error('no vaccination')
  const { product } = record.content
  const bundle = (catalogue = shippedForms()) => toVaccinnetBundle(record, names, catalogue)
  expect(JSON.stringify(bundle())).toContain('http://whocc.no/atc')
  expect(bundle(withList('vaccines', product, own, list))).toEqual(bundle())
})

test.each(days)('a sample kind %s keeps its SNOMED code for Sciensano', (_name, own, list) => {
  const record = contentOf('rapid-test')
  if (record.content?.kind !== 'rapid-test') throw new Error('no test')
  const { sampleKind } = record.content
  const bundle = (catalogue = shippedForms()) => toSciensanoBundle(record, names, catalogue)
  expect(JSON.stringify(bundle())).toMatch(/"type":\{"coding":\[\{"system":"http:\/\/snomed/)
  expect(bundle(withList('sample-kinds', sampleKind, own, list))).toEqual(bundle())
})
