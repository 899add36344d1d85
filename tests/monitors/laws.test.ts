import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays } from '../../src/monitors/calendar.ts'
import { evaluateItem, evaluateWritten } from '../../src/monitors/evaluate.ts'
import type { Facts } from '../../src/monitors/facts.ts'
import { loadMonitors } from '../../src/monitors/load.ts'
import { factsOf } from './case-facts.ts'

const [, diabetes] = loadMonitors()
if (diabetes === undefined) throw new Error('the diabetes monitor is not there')
const definition = diabetes

// Few different days, so that values meet on one day and bounds fall between them.
const day = fc.integer({ min: 0, max: 12 }).map((steps) => addDays('2023-06-01', steps * 121))
const maybe = <Value>(arb: fc.Arbitrary<Value>) => fc.option(arb, { nil: null, freq: 3 })
const span = fc.tuple(day, maybe(fc.integer({ min: 0, max: 500 }))).map(([from, days]) => ({
  from,
  to: days === null ? null : addDays(from, days),
}))
const value = fc.record(
  {
    day,
    value: fc.integer({ min: 1, max: 160 }),
    comparator: fc.constantFrom('<', '>', undefined, undefined, undefined),
    status: fc.constantFrom('final', 'final', 'final', 'corrected', 'cancelled', 'preliminary', 'wrong-patient'),
    received: fc.constantFrom('2023-06-02T08:00:00Z', '2030-01-01T08:00:00Z', '2030-01-01T08:00:00Z'),
    result: fc.constantFrom('2024-01-01T10:00:00Z', '2024-01-02T10:00:00Z'),
    withheld: fc.constantFrom(undefined, undefined, undefined, 'unit-missing'),
    failed: fc.constantFrom(undefined, undefined, undefined, 'delta'),
  },
  { requiredKeys: ['day', 'value', 'status', 'received', 'result'] },
)
const answer = (answers: readonly string[]) =>
  fc.record({
    day,
    answers: fc.constantFrom(...answers).map((one) => [one]),
    received: fc.constant('2030-01-01T08:00:00Z'),
  })
const few = <Value>(arb: fc.Arbitrary<Value>) => fc.array(arb, { maxLength: 3 })

const facts: fc.Arbitrary<Facts> = fc
  .record({
    patient: fc.record({
      enrolment: fc.oneof(
        { weight: 5, arbitrary: fc.constant({ from: '2015-01-01', to: null }) },
        { weight: 1, arbitrary: maybe(span) },
      ),
      birthDate: fc.constantFrom('1954-02-28', '1956-02-29', '1944-10-10', '2006-09-01', '1950-01-01', null),
      deceasedOn: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: day }),
      diagnosedOn: maybe(fc.constantFrom('2014-02-28', '2016-02-29')),
      targets: few(
        fc
          .tuple(span, fc.integer({ min: 40, max: 70 }))
          .map(([one, atMost]) => ({ ...one, item: 'hba1c', target: { atMost } })),
      ),
      exemptions: few(span.map((one) => ({ ...one, item: 'egfr', reason: 'clinician-decided' as const }))),
      features: few(
        fc
          .tuple(span, fc.boolean(), fc.constantFrom('more-than-metformin', 'metformin', 'cardiovascular-disease'))
          .map(([one, holds, name]) => ({ ...one, holds, name })),
      ),
    }),
    values: fc.record(
      {
        hba1c: few(value),
        egfr: few(value),
        ldl: few(value),
        'non-hdl': few(value),
        'fasting-glucose': few(value),
        weight: few(value),
        fundus: few(value),
        'fundus-not-needed': few(value),
        'control-policy': few(answer(['once-per-year', 'once-per-two-years', 'odd'])),
        'main-practitioner': fc.array(answer(['specialist', 'general-practitioner']), { maxLength: 1 }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ patient, values }) => factsOf(definition, patient, values))

const judged = ['hba1c', 'egfr', 'ldl', 'non-hdl', 'fasting-glucose', 'weight', 'fundus']
const item = fc.constantFrom(...definition.items.filter(({ id }) => judged.includes(id)))
const now = fc.integer({ min: 0, max: 1500 * 24 }).map((hours) => new Date(Date.UTC(2023, 5, 1, hours)))

describe('an evaluation', () => {
  it('is written out as what it is', () => {
    fc.assert(
      fc.property(facts, item, now, (known, one, at) => {
        const { evaluation, written } = evaluateWritten(definition, one, known, at)
        expect(written).toBe(JSON.stringify(evaluation))
        expect(evaluation).toEqual(evaluateItem(definition, one, known, at))
      }),
    )
  })

  it('holds at every moment before its next change, and the next one from there until its own end', () => {
    fc.assert(
      fc.property(facts, item, now, fc.double({ min: 0, max: 1, noNaN: true }), (known, one, at, share) => {
        const found = evaluateItem(definition, one, known, at)
        const within = (from: number, to: number): Date =>
          new Date(Math.min(to - 1, from + Math.floor((to - from) * share)))
        const far = at.getTime() + 3000 * 86_400_000
        const change = found.nextChangeAt === null ? far : Date.parse(found.nextChangeAt)
        for (const moment of [within(at.getTime(), change), new Date(change - 1)])
          expect(evaluateItem(definition, one, known, moment).stateHash).toBe(found.stateHash)
        if (found.next === null) return
        const end = found.next.until === null ? far : Date.parse(found.next.until)
        for (const moment of [new Date(change), within(change, end), new Date(end - 1)])
          expect(evaluateItem(definition, one, known, moment).stateHash).toBe(found.next.stateHash)
        expect(found.next.stateHash).not.toBe(found.stateHash)
      }),
      { numRuns: 700 },
    )
  })

  it('is the same whatever the order in which the facts arrived', () => {
    const shuffled = fc.tuple(facts, fc.infiniteStream(fc.nat())).map(([known, picks]) => {
      const mixed = <Value>(list: readonly Value[]): Value[] => {
        const marked = list.map((one) => ({ one, at: picks.next().value }))
        return marked.toSorted((a, b) => a.at - b.at).map(({ one }) => one)
      }
      const values = Object.entries(known.values).map(([name, list]) => [name, mixed(list)] as const)
      const { targets, exemptions, features } = known
      const other: Facts = {
        ...known,
        values: Object.fromEntries(mixed(values)),
        targets: mixed(targets),
        exemptions: mixed(exemptions),
        features: mixed(features),
      }
      return [known, other] as const
    })
    fc.assert(
      fc.property(shuffled, item, now, ([known, other], one, at) => {
        const hash = evaluateItem(definition, one, known, at).stateHash
        expect(evaluateItem(definition, one, other, at).stateHash).toBe(hash)
      }),
      { numRuns: 400 },
    )
  })

  it('never ends in a throw, and every red by absence says what it would have to prove', () => {
    fc.assert(
      fc.property(facts, item, now, (known, one, at) => {
        const found = evaluateItem(definition, one, known, at)
        if (found.basis === 'absence') expect(found.absence).not.toBeNull()
        if (found.state === 'red-overdue') expect(found.absence).not.toBeNull()
        expect(JSON.parse(JSON.stringify(found))).toEqual(found)
      }),
      { numRuns: 400 },
    )
  })
})
