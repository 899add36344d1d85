import { expect, it, vi } from 'vitest'
import { diffPacks } from '../../src/rules/diff.ts'
import { evaluate } from '../../src/rules/evaluate.ts'
import { compileExpression } from '../../src/rules/expression.ts'
import { readPack, type Pack } from '../../src/rules/pack.ts'
import { findSwaps } from '../../src/rules/swaps.ts'

const source = (change: (text: string) => string = (text) => text) => ({
  pack: change(`name: trial
version: 1.0.0
service: lab
owner: test
limits: { maxShareNewlyWithheld: 0.02, maxPerHourPerSource: 10, minSample: 5 }
rules:
  - id: short
    class: meaning
    severity: withhold
    expr: code.length() < 5
    params: { code: code }
    text: { nl: '{code}', fr: '{code}', de: '{code}', en: '{code}' }
    explain: x
  - id: known
    class: format
    severity: flag
    expr: code.exists()
    text: { nl: x, fr: x, de: x, en: x }
    explain: x
`),
  cases: null,
  notes: '',
})

function packOf(change?: (text: string) => string): Pack {
  const reading = readPack(source(change))
  if (reading.state === 'refused') throw new Error(JSON.stringify(reading.faults))
  return reading.pack
}

it('tells every fault at once, with its line', () => {
  const spoilt = source((text) =>
    text
      .replace('code.length() < 5', 'code.length( < 5')
      .replace('code.exists()', '"%nobody.exists()"')
      .replace("'{code}'", "'{other}'")
      .replace('id: known', 'id: short'),
  )
  const reading = readPack(spoilt)
  const told = reading.state === 'refused' ? reading.faults.map(({ code, params }) => `${code} ${params['line']}`) : []
  expect(told.toSorted()).toEqual([
    'pack-expression 10',
    'pack-rule-twice 14',
    'pack-text-parameter 12',
    'pack-variable-unknown 17',
  ])
})

it('names the line where the YAML breaks, and loads nothing', () => {
  const reading = readPack(source((text) => text.replace('owner: test', 'owner: "test')))
  expect(reading.state === 'refused' && reading.faults[0]?.code).toBe('pack-not-yaml')
})

it('refuses a rule without a case that fails and one that passes', () => {
  const reading = readPack({ ...source(), cases: 'record: {}\ncases: []' })
  const missing =
    reading.state === 'refused' ? reading.faults.map(({ params }) => `${params['rule']} ${params['outcome']}`) : []
  expect(missing).toEqual(['short withhold', 'short pass', 'known flag', 'known pass'])
})

it('judges anew only what changed', () => {
  const before = packOf()
  const diff = diffPacks(
    before,
    packOf((text) => text.replace('< 5', '< 6').replace('{ nl: x', '{ nl: y')),
  )
  expect(diff.changed.map(({ id, fields, judgesAnew }) => [id, fields, judgesAnew])).toEqual([
    ['short', ['expr'], true],
    ['known', ['text'], false],
  ])
  expect(diffPacks(before, packOf()).unchanged).toBe(2)
})

it('says error for what cannot be worked out, and nothing for what is not known', () => {
  const context = { now: '2026-11-22T12:00:00Z', source: 'lab-a' }
  const outcomes = evaluate(
    packOf(),
    [{ code: 'abc' }, { code: 'abcdef' }, { code: 5 }, {}].map((object) => ({ object, context })),
  )
  expect(outcomes.map(([short]) => short?.outcome)).toEqual(['pass', 'withhold', 'error', 'not-applicable'])
  expect(outcomes[1]?.[0]?.evidence).toEqual({ code: 'abcdef' })
})

it('prints nothing of a record, whatever a rule asks for', () => {
  const log = vi.spyOn(console, 'log')
  const warn = vi.spyOn(console, 'warn')
  const expression = compileExpression("born.trace('born').toDate() + 7.7 days > @2000 and (1 is Integer)")
  expect(expression.way).toBe('reference')
  expect(expression.answer({ born: '2014-12-25' }, { variables: {}, now: '2026-11-22T12:00:00Z' })).toBe(true)
  expect([...log.mock.calls, ...warn.mock.calls]).toEqual([])
  expect(console.log).toBe(log)
})

it('finds two tubes that changed places, and leaves alike and ill patients alone', () => {
  const result = (
    patient: string,
    analyte: string,
    value: number,
    previous: number | null,
    takenOn = '2026-07-01',
  ) => ({
    id: `${patient} ${analyte}`,
    patient,
    analyte,
    takenOn,
    value,
    previous,
  })
  const tubes = [
    result('a', 'creatinine', 300, 80),
    result('b', 'creatinine', 82, 290),
    result('c', 'creatinine', 95, 90),
    result('d', 'creatinine', 410, 88),
  ]
  const glucose = [result('a', 'glucose', 11, 5), result('b', 'glucose', 5.2, 10.5), result('d', 'glucose', 12, 5)]
  const swapped = findSwaps([...tubes, ...glucose])
  expect(swapped.map(({ first, second }) => [first, second])).toEqual(
    expect.arrayContaining([
      ['a creatinine', 'b creatinine'],
      ['a glucose', 'b glucose'],
    ]),
  )
  expect(swapped).toHaveLength(2)
  // One value alone fits some other patient of the day by chance, and one of another day is of another run.
  expect(findSwaps(tubes)).toEqual([])
  const late = [result('a', 'glucose', 11, 5, '2026-07-02'), result('b', 'glucose', 5.2, 10.5, '2026-07-02')]
  expect(findSwaps([...tubes, ...late])).toEqual([])
  const alike = ['creatinine', 'urea'].flatMap((analyte) => [
    result('a', analyte, 90, 88),
    result('b', analyte, 86, 91),
    result('c', analyte, 500, null),
  ])
  expect(findSwaps(alike)).toEqual([])
})
