import { expect, it } from 'vitest'
import type { InterpretedObservation } from '../../src/formats/lab/observation.ts'
import { valueFrom } from '../../src/monitors/value.ts'

const observation: InterpretedObservation = {
  kind: 'observation',
  source: 'labo-zuid',
  origin: { format: 'hl7v2', path: 'OBX-1', from: 0, length: 10 },
  order: { placer: null, filler: 'F1', panel: null },
  resultKey: 'k',
  code: { original: { code: '2816', system: 'NHG45', text: 'HBAC B' }, alternates: [] },
  subId: null,
  value: {
    state: 'quantity',
    value: 7,
    comparator: null,
    unit: { text: '%', system: '' },
    decimals: 1,
    original: '7.0',
    repairs: [],
  },
  status: 'final',
  collectedAt: { at: '2026-03-01T23:30:00+00:00', precision: 'second', zone: 'given' },
  resultAt: null,
  sentAt: null,
  referenceRange: null,
  interpretation: [],
  notes: [],
  patient: {
    identifiers: [],
    familyName: '',
    givenName: '',
    birthDate: '',
    sex: 'unknown',
    deceased: 'unknown',
    deceasedAt: null,
  },
  requester: null,
  mapped: {
    loinc: '4548-4',
    analyte: 'hba1c',
    ucum: '%',
    canonical: { value: 53, unit: 'mmol/mol' },
    tables: 'lab-tables@1.0.0',
  },
}
const custody = {
  record: 'r1',
  receivedAt: new Date('2026-03-05T23:30:00Z'),
  disposition: { state: 'visible' },
  systemFor: (system: string) => system.toLowerCase(),
} as const
const seen = (change: Partial<InterpretedObservation>) =>
  valueFrom({ ...observation, ...change }, custody, 'Europe/Amsterdam')

it('dates a value by the day of its sample in the zone, and keeps what was sent', () => {
  expect(seen({})).toMatchObject({
    codes: ['nhg45:2816', 'loinc:4548-4'],
    day: '2026-03-02',
    dayFrom: 'collected',
    receivedOn: '2026-03-06',
    measured: { state: 'quantity', value: 53, unit: 'mmol/mol', original: '7.0 %' },
  })
})

it('keeps a day a day, and counts a month from its first', () => {
  expect(seen({ collectedAt: { at: '2026-03-01', precision: 'day', zone: 'none' } }).day).toBe('2026-03-01')
  expect(seen({ collectedAt: { at: '2026-03', precision: 'month', zone: 'none' } }).day).toBe('2026-03-01')
})

it('falls back to the result and then to arrival, and says so', () => {
  const resultAt = { at: '2026-03-04T10:00:00+01:00', precision: 'second', zone: 'given' } as const
  expect(seen({ collectedAt: null, resultAt })).toMatchObject({ day: '2026-03-04', dayFrom: 'result' })
  expect(seen({ collectedAt: null })).toMatchObject({ day: '2026-03-06', dayFrom: 'received' })
  const wrong = { at: '2026-02-30', precision: 'day', zone: 'none' } as const
  expect(seen({ collectedAt: wrong })).toMatchObject({ dayFrom: 'received' })
})

it('never passes on a number whose meaning the tables do not know', () => {
  const mapped = { ...observation.mapped, canonical: null }
  expect(seen({ mapped }).measured).toEqual({ state: 'not-understood', original: '7.0 %' })
})

it('leaves a sample taken after death, or by nobody knows when, to a person', () => {
  const of = (deceased: 'yes' | 'no', deceasedAt: InterpretedObservation['collectedAt'], more = {}) =>
    seen({ patient: { ...observation.patient, deceased, deceasedAt }, ...more }).disposition
  const moment = (at: string) => ({ at, precision: 'minute', zone: 'given' }) as const
  const doubted = { state: 'in-doubt', rule: 'after-death', why: 'review' }
  expect(of('yes', moment('2026-02-27T08:00+01:00'))).toEqual(doubted)
  expect(of('yes', null)).toEqual(doubted)
  expect(of('yes', moment('2026-03-04T08:00+01:00'), { collectedAt: null })).toEqual(doubted)
  // The last sample before death is legitimate, and so is one of the day of death itself.
  expect(of('yes', moment('2026-03-01T12:00+00:00'))).toEqual({ state: 'visible' })
  expect(of('yes', { at: '2026-02-28', precision: 'day', zone: 'none' })).toEqual({ state: 'visible' })
  expect(of('no', null)).toEqual({ state: 'visible' })
})

it('leaves what is withheld withheld, also after death', () => {
  const withheld = { state: 'withheld', rule: 'unit-missing', activation: '1', since: '2026-03-01T00:00:00Z' } as const
  const dead = { ...observation, patient: { ...observation.patient, deceased: 'yes' as const } }
  expect(valueFrom(dead, { ...custody, disposition: withheld }, 'Europe/Brussels').disposition).toEqual(withheld)
})
