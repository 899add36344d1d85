import { describe, expect, it } from 'vitest'
import { languages, type Texts } from '../../src/kernel/language.ts'
import { explain } from '../../src/monitors/explain.ts'
import { sentence, type Sentence, type SentenceParams } from '../../src/monitors/sentence.ts'

const day = '2026-03-01'
const from = { day, source: 'Labo Zuid' }
const shown = { comparator: '<=', value: 53.1, unit: 'mmol/mol', original: '7,0 %' }
const texts: Texts = { nl: 'HbA1c', fr: 'HbA1c', de: 'HbA1c', en: 'HbA1c' }
const at = '2026-06-21T16:00:00Z'

const examples: { readonly [Code in keyof SentenceParams]: SentenceParams[Code] } = {
  'in-target': { ...from, shown },
  'out-of-target': { ...from, shown },
  recorded: { ...from, shown: null },
  'enough-recorded': { count: 2, needed: 2 },
  'too-few': { count: 1, needed: 2, months: 12 },
  'undecided-comparator': { ...from, shown },
  'undecided-patient': { ...from, shown },
  overdue: { last: day, due: day },
  'never-measured': {},
  'not-enrolled': { from: day, to: day },
  deceased: { on: day },
  'under-age': { age: 18, until: day },
  'other-practitioner': from,
  exempt: { reason: 'care-refused', from: day, to: null },
  'exempt-recorded': from,
  'replaced-by': { other: texts, day },
  'other-in-use': { other: texts },
  target: { target: { atLeast: 4.5, atMost: 8 }, unit: 'mmol/L', personal: true },
  window: { months: 12 },
  grade: { texts },
  alert: { texts },
  flagged: { ...from, rule: 'no-zone' },
  'day-assumed': { day, from: 'result' },
  'ignored-future': { ...from, received: day },
  'ignored-cancelled': from,
  'ignored-withdrawn': from,
  'ignored-no-number': from,
  withheld: { ...from, rule: 'unit-missing', activation: 'lab-quality@2', since: at },
  'under-review': { ...from, rule: 'delta' },
  'check-failed': { ...from, rule: 'delta' },
  'not-understood': { ...from, original: '7 %' },
  preliminary: from,
  'changes-at': { at, state: 'red-overdue' },
  'changes-with-value': {},
  missing: { what: texts, feed: 'lab', sources: ['Labo Zuid', 'Labo Noord'] },
  disturbed: { source: 'Labo Zuid', from: at, to: null, why: 'silent' },
  'absence-no-proof': {},
  'not-confirmed-since': { since: at },
  'red-stays': {},
  'other-activation': { was: 'lab-quality@1', is: 'lab-quality@2' },
  'evaluation-late': { since: at },
  'not-evaluated': {},
  'last-certain': { state: 'green', at },
  'targets-to-confirm': {},
}
const all = Object.entries(examples).map(([code, params]) => ({ code, params }) as unknown as Sentence)

describe.each(languages)('every sentence in %s', (language) => {
  it.each(all)('$code', (one) => {
    const [said = ''] = explain([one], language)
    expect(said).toMatch(/^[\p{Lu}\p{N}≤≥<>].*\.$/u)
    expect(said).not.toMatch(/undefined|\bnan\b|\[object|\{|\}|invalid|sorry|please|went wrong/i)
    expect(said.split(/[.:;] /).every((part) => part.split(' ').length <= 30)).toBe(true)
  })

  it('says something of its own', () => {
    const others = languages.filter((other) => other !== language)
    for (const other of others) expect(explain(all, language)).not.toEqual(explain(all, other))
  })
})

describe('values', () => {
  const inTarget = (value: number, original: string, comparator = '') =>
    explain([sentence('in-target', { ...from, shown: { comparator, value, unit: 'mmol/mol', original } })], 'nl')[0]

  it('keep their decimals and show what was sent when it differs', () => {
    expect(inTarget(53, '53 mmol/mol')).toBe('53 mmol/mol op 1 maart 2026 (Labo Zuid): binnen de streefwaarde.')
    expect(inTarget(53.1, '53.1 mmol/mol')).toMatch(/^53,1 mmol\/mol op/)
    expect(inTarget(53, '7.0 %')).toMatch(/^53 mmol\/mol \(7\.0 %\) op/)
    expect(inTarget(20, '<20', '<')).toMatch(/^< 20 mmol\/mol \(<20\) op/)
  })
})
