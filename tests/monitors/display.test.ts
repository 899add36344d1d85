import { describe, expect, it } from 'vitest'
import { toCards } from '../../src/monitors/cards.ts'
import { displayMonitor, displayState, type Disturbance, type FeedHealth } from '../../src/monitors/display.ts'
import { evaluateItem } from '../../src/monitors/evaluate.ts'
import { explain } from '../../src/monitors/explain.ts'
import { knownAt } from '../../src/monitors/facts.ts'
import { loadMonitors } from '../../src/monitors/load.ts'
import { factsOf } from './case-facts.ts'

const definition = loadMonitors().find(({ name }) => name === 'diabetes-cvrm')!
const item = definition.items[0]!
const now = new Date('2017-06-23T09:00:00+02:00')
const healthy: FeedHealth = {
  disturbances: [],
  sources: { lab: ['Labo Zuid', 'Labo Noord'], practice: ['Praktijk'] },
  activation: 'lab-quality@1',
}
const disturbance: Disturbance = {
  source: 'Labo Zuid',
  feed: 'lab',
  from: '2017-06-21T18:00:00+02:00',
  to: null,
  repairedUntil: null,
  reason: 'thin',
}
const disturbed = (...changes: readonly Partial<Disturbance>[]): FeedHealth => ({
  ...healthy,
  disturbances: changes.map((change) => ({ ...disturbance, ...change })),
})
type Values = Parameters<typeof factsOf>[2][string]
const evaluated = (values: Values, at = now) =>
  evaluateItem(definition, item, factsOf(definition, {}, { hba1c: values }), at)
const shown = (values: Values, health: FeedHealth, at = now, evaluatedAt = now) =>
  displayState(evaluated(values, evaluatedAt), item, health, at)
const codes = (displayed: { sentences: readonly { code: string }[] }) => displayed.sentences.map(({ code }) => code)

const green: Values = [{ day: '2017-03-01', value: 50 }]
const high: Values = [{ day: '2017-03-01', value: 70 }]
const old: Values = [{ day: '2016-06-01', value: 50 }]

describe('what is shown of an item', () => {
  it('green in a healthy feed is green', () => {
    expect(shown(green, healthy).state).toBe('green')
    expect(codes(shown(green, healthy))).not.toContain('not-confirmed-since')
  })

  it('green in a disturbed feed stays green and says since when it is not confirmed', () => {
    const found = shown(green, disturbed({}))
    expect(found.state).toBe('green')
    expect(codes(found)).toContain('not-confirmed-since')
  })

  it('red by value stays red in a disturbed feed, with a note', () => {
    expect(shown(high, healthy).state).toBe('red-out-of-target')
    const found = shown(high, disturbed({}))
    expect(found.state).toBe('red-out-of-target')
    expect(codes(found)).toEqual(expect.arrayContaining(['red-stays', 'disturbed']))
  })

  it('red by absence is red only while the feed was healthy', () => {
    expect(shown(old, healthy).state).toBe('red-overdue')
    const found = shown(old, disturbed({}))
    expect(found).toMatchObject({ state: 'unreliable', clinical: 'red-overdue' })
    expect(explain(found.sentences, 'en').slice(0, 2)).toEqual([
      'Labo Zuid has sent less than usual since 21 June 2017 at 18:00 CEST.',
      'Absence means nothing here.',
    ])
  })

  it('names the last certain state: green when the value ran out during the disturbance', () => {
    const during = shown([{ day: '2016-06-22', value: 50 }], disturbed({}))
    expect(during.sentences).toContainEqual({ code: 'last-certain', params: { state: 'green', at: disturbance.from } })
    const before = shown(old, disturbed({}))
    expect(before.sentences).toContainEqual({
      code: 'last-certain',
      params: { state: 'red-overdue', at: disturbance.from },
    })
  })

  it('never measured proves nothing in a disturbed feed either', () => {
    expect(shown([], healthy).state).toBe('unknown')
    expect(shown([], disturbed({})).state).toBe('unreliable')
  })

  it('only a feed that would bring the value counts', () => {
    expect(shown(old, disturbed({ source: 'Labo Noord' })).state).toBe('red-overdue')
    expect(shown(old, disturbed({ feed: 'practice' })).state).toBe('red-overdue')
    expect(shown([], disturbed({ source: 'Labo Noord' })).state).toBe('unreliable')
    expect(shown([], disturbed({ source: 'Labo West' })).state).toBe('unknown')
  })

  it('a disturbance that is over counts until its backlog is in', () => {
    const to = '2017-06-22T12:00:00+02:00'
    expect(shown(old, disturbed({ to })).state).toBe('unreliable')
    expect(shown(old, disturbed({ to, repairedUntil: '2017-06-22T08:00:00+02:00' })).state).toBe('unreliable')
    expect(shown(old, disturbed({ to, repairedUntil: to })).state).toBe('red-overdue')
  })

  it('a disturbance before the window, or one still to come, hides nothing', () => {
    const lastYear = { from: '2015-01-01T00:00:00Z', to: '2015-02-01T00:00:00Z' }
    expect(shown(old, disturbed(lastYear)).state).toBe('red-overdue')
    expect(shown([], disturbed(lastYear)).state).toBe('unknown')
    expect(shown(old, disturbed({ from: '2017-07-01T00:00:00Z' })).state).toBe('red-overdue')
  })

  it('withheld evidence is unreliable and names the rule', () => {
    const found = shown([{ day: '2017-06-20', value: 50, withheld: 'unit-missing' }, ...old], healthy)
    expect(found).toMatchObject({ state: 'unreliable', clinical: 'red-overdue' })
    expect(explain(found.sentences, 'nl')[0]).toBe(
      'Een resultaat van Labo Zuid van 20 juni 2017 wordt sinds 21 juni 2017 om 18:00 CEST niet getoond door regel unit-missing (lab-quality@2). Het is bewaard.',
    )
  })

  it('an evaluation under another activation is unreliable', () => {
    const found = shown(green, { ...healthy, activation: 'lab-quality@2' })
    expect(found.state).toBe('unreliable')
    expect(codes(found)[0]).toBe('other-activation')
  })

  it('a reader needs no worker: the change of tomorrow is in the evaluation of today', () => {
    const values: Values = [{ day: '2016-06-23', value: 50 }]
    expect(shown(values, healthy, new Date('2017-06-23T23:59:59+02:00')).state).toBe('green')
    const later = shown(values, healthy, new Date('2017-06-24T00:00:00+02:00'))
    expect(later.state).toBe('red-overdue')
    expect(later.stateHash).toBe(evaluated(values, new Date('2017-06-24T00:00:00+02:00')).stateHash)
  })

  it('past a second change nothing is claimed', () => {
    const facts = factsOf(
      definition,
      { enrolment: { from: '2015-01-01', to: '2017-12-31' } },
      { hba1c: [{ day: '2016-06-23', value: 50 }] },
    )
    const evaluation = evaluateItem(definition, item, facts, now)
    expect(displayState(evaluation, item, healthy, new Date('2017-12-31T12:00:00Z')).state).toBe('red-overdue')
    const late = displayState(evaluation, item, healthy, new Date('2018-01-01T12:00:00Z'))
    expect([late.state, late.clinical, codes(late)]).toEqual(['unreliable', null, ['evaluation-late']])
  })

  it('what came late turns green by its sample, and was red on the day itself', () => {
    const facts = factsOf(
      definition,
      {},
      { hba1c: [...old, { day: '2017-01-10', value: 50, received: '2017-06-23T06:00:00Z' }] },
    )
    expect(evaluateItem(definition, item, facts, now).state).toBe('green')
    const then = new Date('2017-06-22T09:00:00+02:00')
    expect(evaluateItem(definition, item, knownAt(facts, then.getTime()), then).state).toBe('red-overdue')
  })
})

describe('a whole monitor', () => {
  const facts = factsOf(definition, {}, { hba1c: high, egfr: [{ day: '2017-03-01', value: 90 }] })
  const evaluations = definition.items.map((one) => evaluateItem(definition, one, facts, now))

  it('shows every item, also those never evaluated, and says that targets are to be confirmed', () => {
    const none = displayMonitor(definition, [], healthy, now)
    expect(none.items.map((one) => [one.item, one.state, codes(one)])).toEqual(
      definition.items.map(({ id }) => [id, 'unreliable', ['not-evaluated']]),
    )
    expect(codes(none)).toEqual(['targets-to-confirm'])
  })

  it('takes an evaluation under another content of its item for none', () => {
    const [first, ...rest] = evaluations
    const other = displayMonitor(definition, [{ ...first!, itemHash: 'other' }, ...rest], healthy, now)
    expect(other.items.map(({ clinical }) => clinical === null)).toEqual(
      definition.items.map((_, index) => index === 0),
    )
  })

  it('gives a card to red and to unreliable, none to green', () => {
    const display = displayMonitor(definition, evaluations, healthy, now)
    const cards = toCards(display, 'nl')
    expect(cards).toHaveLength(1)
    expect(cards[0]).toMatchObject({
      indicator: 'warning',
      summary: 'HbA1c: 70 mmol/mol op 1 maart 2017 (Labo Zuid): buiten de streefwaarde.',
    })
    const doubtful = toCards(displayMonitor(definition, evaluations, { ...healthy, activation: 'other' }, now), 'nl')
    expect(doubtful).toHaveLength(definition.items.length)
    expect(new Set(doubtful.map(({ indicator }) => indicator))).toEqual(new Set(['info']))
    expect(doubtful[0]?.summary).toMatch(/^HbA1c: onbetrouwbaar\. /)
  })

  it('keeps a card within the bounds of CDS Hooks and takes no markup from a source', () => {
    const named = factsOf(
      definition,
      {},
      { hba1c: [{ day: '2017-03-01', value: 70, source: `[x](http://y) <b>${'Labo '.repeat(40)}` }] },
    )
    const display = displayMonitor(definition, [evaluateItem(definition, item, named, now)], healthy, now)
    const [card] = toCards(display, 'de')
    expect(card!.summary.length).toBeLessThan(140)
    expect(card!.detail).toContain('\\[x\\](http://y) \\<b\\>')
    expect(card!.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
