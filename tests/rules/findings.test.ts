import { expect, it } from 'vitest'
import { findingCodes } from '../../src/formats/eform/findings.ts'
import { evaluate } from '../../src/rules/evaluate.ts'
import { findingsPack } from '../../src/rules/findings.ts'
import { loadPacks } from '../../src/rules/load.ts'
import { readPack, type Pack, type PackReading } from '../../src/rules/pack.ts'

const text = { nl: 'nl {path}', fr: 'fr {path}', de: 'de {path}', en: 'en {path}' }

const read = (rules: readonly object[], name: string = findingsPack): PackReading =>
  readPack({
    pack: JSON.stringify({
      name,
      version: '9.0.0',
      service: 'eforms',
      owner: 'test',
      limits: { maxShareNewlyWithheld: 1, maxPerHourPerSource: 1, minSample: 1 },
      rules: rules.map((rule, at) => ({ id: `rule-${at}`, class: 'meaning', text, explain: 'test', ...rule })),
    }),
    cases: null,
    notes: '',
  })

function loaded(rules: readonly object[]): Pack {
  const reading = read(rules)
  if (reading.state === 'refused') throw new Error(JSON.stringify(reading.faults))
  return reading.pack
}

/** What a version says of a record with one finding: its rules that do not pass, and what they make of it. */
function said(pack: Pack, code: string, params: object = {}, severity = 'check'): string[] {
  const object = { formKind: 'rapid-test', faults: [{ code, severity, path: '/x', params }] }
  const context = { now: '2022-07-01T12:00:00+02:00', source: 'a' }
  const words = new Map(pack.rules.map((rule) => [rule.id, rule.severity]))
  return evaluate(pack, [{ object, context }])[0]!
    .filter(({ outcome }) => outcome !== 'pass')
    .map(({ ruleId, outcome }) => `${ruleId} ${words.get(ruleId)} ${outcome}`)
}

const silent = [
  { severity: 'flag', expr: "faults.where(code = 'x').empty()", text: { nl: '', fr: '', de: '', en: '' } },
]

it.each(findingCodes)('%s refuses where a version is silent, in words of every language', (code) => {
  const pack = loaded(silent)
  expect(said(pack, code, { field: 'test.device' })).toEqual([`finding-${code} refuse withhold`])
  expect(said(pack, code, {}, 'warning')).toEqual([])
  const rule = pack.rules.find(({ id }) => id === `finding-${code}`)
  for (const sentence of Object.values(rule?.text ?? {})) expect(sentence).toMatch(/\w.*\{path\}/)
})

it('lets what a version says of a finding take the place of the form', () => {
  const pack = loaded([{ severity: 'flag', finding: { code: 'code-unknown' } }])
  expect(said(pack, 'code-unknown', { field: 'test.device' })).toEqual(['rule-0 flag flag'])
  expect(said(pack, 'code-expired', { field: 'test.device' })).toEqual(['finding-code-expired refuse withhold'])
})

it('lets it speak of some fields only; of the others the form speaks on, also where a finding names no field', () => {
  const pack = loaded([
    { severity: 'flag', finding: { code: 'code-unknown', fields: ['test.device', 'test.sampleKind'] } },
    { severity: 'withhold', finding: { code: 'code-unknown', fields: ['vaccination.product'] } },
  ])
  expect(said(pack, 'code-unknown', { field: 'test.device' })).toEqual(['rule-0 flag flag'])
  expect(said(pack, 'code-unknown', { field: 'vaccination.product' })).toEqual(['rule-1 withhold withhold'])
  expect(said(pack, 'code-unknown', { field: 'test.targetGroup' })).toEqual(['finding-code-unknown refuse withhold'])
  expect(said(pack, 'code-unknown')).toEqual(['finding-code-unknown refuse withhold'])
})

it('judges a finding of several fields by each of them', () => {
  const pack = loaded([{ severity: 'flag', finding: { code: 'code-unknown', fields: ['test.device'] } }])
  const faults = ['test.device', 'test.targetGroup'].map((field) => ({
    code: 'code-unknown',
    severity: 'check',
    path: `/${field}`,
    params: { field },
  }))
  const context = { now: '2022-07-01T12:00:00+02:00', source: 'a' }
  const verdicts = evaluate(pack, [{ object: { faults }, context }])[0]!.filter(({ outcome }) => outcome !== 'pass')
  expect(verdicts.map(({ outcome, evidence }) => [outcome, evidence['path']])).toEqual([
    ['flag', '/test.device'],
    ['withhold', '/test.targetGroup'],
  ])
})

it.each([
  ['another pack', [{ severity: 'refuse', finding: { code: 'code-unknown' } }], 'lab-like'],
  ['an expression beside it', [{ severity: 'flag', finding: { code: 'code-unknown' }, expr: 'true' }]],
  ['a condition beside it', [{ severity: 'flag', finding: { code: 'code-unknown' }, applies: 'false' }]],
  ['fields of a finding that has none', [{ severity: 'flag', finding: { code: 'lot-expired', fields: ['a.b'] } }]],
  [
    'the same finding twice',
    [
      { severity: 'flag', finding: { code: 'code-unknown' } },
      { severity: 'refuse', finding: { code: 'code-unknown' } },
    ],
  ],
  [
    'the same field twice',
    [
      { severity: 'flag', finding: { code: 'code-unknown', fields: ['test.device'] } },
      { severity: 'refuse', finding: { code: 'code-unknown', fields: ['test.device'] } },
    ],
  ],
  [
    'the name of the rule on all for one on some',
    [{ id: 'finding-code-unknown', severity: 'flag', finding: { code: 'code-unknown', fields: ['test.device'] } }],
  ],
  ['the name of the rule on a finding for another', [{ id: 'finding-code-unknown', severity: 'flag', expr: 'true' }]],
  ['a refusal nobody is told of at the door', [{ severity: 'refuse', expr: 'true' }]],
  ['neither finding nor expression', [{ severity: 'flag' }]],
])('refuses a version with %s', (_what, rules, name = findingsPack) => {
  const reading = read(rules, name)
  expect(reading.state === 'refused' && reading.faults.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['pack-finding']),
  )
})

it('knows no finding that is none', () => {
  expect(read([{ severity: 'flag', finding: { code: 'field-missing' } }]).state).toBe('refused')
})

it('ships a version that says of every finding what the forms say: no record is judged anew', () => {
  const [first, second] = loadPacks().filter(({ name }) => name === findingsPack)
  expect(second?.version).toBe('1.1.0')
  expect(second?.rules.flatMap((rule) => (rule.state === 'record' && rule.ofForm ? [rule.id] : []))).toEqual([])
  const had = new Set(first?.rules.map(({ hash }) => hash))
  expect(second?.rules.filter(({ hash }) => !had.has(hash)).map(({ id }) => id)).toEqual([])
})
