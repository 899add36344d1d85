import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ItemDefinition, MonitorDefinition } from '../../src/monitors/definition.ts'
import { evaluateItem } from '../../src/monitors/evaluate.ts'
import { loadMonitors } from '../../src/monitors/load.ts'
import { factsOf } from './case-facts.ts'

// What is expected here is worked out another way than the monitors do it: by plain comparison and by JavaScript's calendar.

const found = loadMonitors().find(({ name }) => name === 'diabetes-cvrm')
if (found === undefined) throw new Error('the diabetes monitor is not there')
const definition: MonitorDefinition = found
const base = definition.items.find(({ id }) => id === 'hba1c')!
const codes = definition.groups['hba1c']!.codes

type Told = NonNullable<Parameters<typeof factsOf>[2]['hba1c']>[number]

function evaluate(more: Partial<ItemDefinition>, values: readonly Told[], at: Date) {
  const item: ItemDefinition = { ...base, personalTarget: false, bands: [], window: { months: 12 }, ...more }
  const own = { ...definition, items: [item] }
  return evaluateItem(own, item, factsOf(own, {}, { hba1c: values }, 'Europe/Amsterdam'), at)
}

/** Noon in Amsterdam of a day so many days after another, by JavaScript's calendar. */
const noon = (day: string, later = 0): Date => new Date(Date.parse(`${day}T11:00:00Z`) + later * 86_400_000)
const dayOf = (date: Date): string => date.toISOString().slice(0, 10)
const whole = fc.integer({ min: 1, max: 160 })
const near = fc.integer({ min: -1, max: 1 })
const sampled = fc.integer({ min: 0, max: 1_500 }).map((days) => dayOf(noon('2022-01-01', days)))

describe('the judgement of a number', () => {
  const sides = {
    atMost: (value: number, bound: number) => value <= bound,
    below: (value: number, bound: number) => value < bound,
    atLeast: (value: number, bound: number) => value >= bound,
    above: (value: number, bound: number) => value > bound,
  } as const
  const side = fc.constantFrom(...(Object.keys(sides) as (keyof typeof sides)[]))

  it('is green on its side of the bound only, the bound itself included as the word says', () => {
    fc.assert(
      fc.property(side, whole, near, (one, bound, off) => {
        const value = bound + off
        const { state } = evaluate(
          { bands: [{ target: { [one]: bound } }] },
          [{ day: '2026-01-10', value }],
          noon('2026-02-01'),
        )
        expect(state).toBe(sides[one](value, bound) ? 'green' : 'red-out-of-target')
      }),
    )
  })

  it('with a comparator is decided only when every number it can mean lies on one side', () => {
    fc.assert(
      fc.property(side, whole, near, fc.constantFrom('<', '<=', '>=', '>'), (one, bound, off, comparator) => {
        const value = bound + off
        const meant = [-1e6, value - 0.5, value, value + 0.5, bound - 0.25, bound, bound + 0.25, 1e6].filter((number) =>
          comparator === '<'
            ? number < value
            : comparator === '<='
              ? number <= value
              : comparator === '>='
                ? number >= value
                : number > value,
        )
        const answers = new Set(meant.map((number) => sides[one](number, bound)))
        const expected = answers.size > 1 ? 'unknown' : answers.has(true) ? 'green' : 'red-out-of-target'
        const told = [{ day: '2026-01-10', value, comparator }] as const
        expect(evaluate({ bands: [{ target: { [one]: bound } }] }, told, noon('2026-02-01')).state).toBe(expected)
      }),
    )
  })
})

describe('the life of a value', () => {
  it('ends after window and grace, to the day, and that is announced', () => {
    fc.assert(
      fc.property(
        sampled,
        fc.constantFrom(1, 6, 12, 60),
        fc.constantFrom(0, 1, 30),
        near,
        (day, months, graceDays, off) => {
          const [year, month, date] = day.split('-').map(Number) as [number, number, number]
          const lengthOfMonth = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate()
          const last = Date.UTC(year, month - 1 + months, Math.min(date, lengthOfMonth) + graceDays)
          const more = { window: { months }, graceDays }
          const at = noon(dayOf(new Date(last)), off)
          const { state } = evaluate(more, [{ day, value: 50 }], at)
          expect(state).toBe(off <= 0 ? 'green' : 'red-overdue')
          const { nextChangeAt } = evaluate(more, [{ day, value: 50 }], noon(day, 1))
          const shown = new Date(nextChangeAt!).toLocaleString('sv-SE', { timeZone: 'Europe/Amsterdam' })
          expect(shown).toBe(`${dayOf(new Date(last + 86_400_000))} 00:00:00`)
        },
      ),
    )
  })
})

describe('of several values', () => {
  const many = fc.array(fc.record({ day: sampled, value: whole }), { minLength: 1, maxLength: 6 })
  const at = noon('2026-03-01')
  const numbered = (values: readonly { day: string; value: number }[]) =>
    values.map((one, index) => ({ ...one, record: `r${index}` }))
  const deciding = (reducer: ItemDefinition['reducer'], values: readonly Told[]) =>
    evaluate({ reducer, window: 'ever', bands: [{ target: { atMost: 80 } }] }, values, at)

  it('of one day the code that stands first decides, whatever came later', () => {
    const pair = fc.uniqueArray(fc.nat({ max: codes.length - 1 }), { minLength: 2, maxLength: 2 })
    fc.assert(
      fc.property(pair, fc.boolean(), (places, isTurned) => {
        const told = places.map((place, index) => ({
          day: '2026-01-10',
          value: 40 + index,
          code: codes[place]!,
          at: `2026-01-10T0${index + 7}:00:00Z`,
          result: `2026-01-1${index}T10:00:00Z`,
          record: `code-${place}`,
        }))
        const { evidence } = deciding('latest', isTurned ? told.toReversed() : told)
        expect(evidence.map(({ record }) => record)).toEqual([`code-${Math.min(...places)}`])
      }),
    )
  })

  it('the newest decides for latest, the lowest for min, the highest for max', () => {
    fc.assert(
      fc.property(many, (values) => {
        const told = numbered(values)
        const newest = values
          .map(({ day }) => day)
          .toSorted()
          .at(-1)
        expect(deciding('latest', told).evidence[0]?.day).toBe(newest)
        for (const [reducer, pick] of [
          ['min', Math.min],
          ['max', Math.max],
        ] as const) {
          const { state, evidence } = deciding(reducer, told)
          const expected = pick(...values.map(({ value }) => value))
          expect(evidence[0]?.shown?.value).toBe(expected)
          expect(state).toBe(expected <= 80 ? 'green' : 'red-out-of-target')
        }
      }),
    )
  })

  it('one in target is enough for any; count wants as many as it says within the window', () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 4 }), (values, needed) => {
        const isAny = values.some(({ value }) => value <= 80)
        expect(deciding('any', numbered(values)).state).toBe(isAny ? 'green' : 'red-out-of-target')
        const counted = values.filter(({ day }) => day >= '2025-03-01').length
        const count = evaluate({ reducer: 'count', bands: [{ target: { atLeast: needed } }] }, numbered(values), at)
        const few = counted === 0 ? 'overdue' : 'too-few'
        expect([count.state, count.reason.code]).toEqual(
          counted >= needed ? ['green', 'enough-recorded'] : ['red-overdue', few],
        )
      }),
    )
  })
})
