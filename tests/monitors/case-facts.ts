import { z } from 'zod'
import { dayIn } from '../../src/monitors/calendar.ts'
import type { MonitorDefinition } from '../../src/monitors/definition.ts'
import type { Disposition, Facts, Measured, MonitorValue } from '../../src/monitors/facts.ts'

const day = z.iso.date()
const span = { from: day, to: day.nullable().default(null) }

/** One value in a cases file; what is left out is a final, visible result that arrived the day after its sample. */
export const caseValue = z.strictObject({
  day,
  at: z.string().optional(),
  value: z.number().optional(),
  unit: z.string().optional(),
  comparator: z.enum(['<', '<=', '>=', '>']).optional(),
  original: z.string().optional(),
  answers: z.array(z.string()).optional(),
  text: z.string().optional(),
  empty: z.boolean().optional(),
  code: z.string().optional(),
  source: z.string().default('Labo Zuid'),
  received: z.string().optional(),
  result: z.string().default(''),
  status: z
    .enum([
      'registered',
      'preliminary',
      'final',
      'corrected',
      'cancelled',
      'entered-in-error',
      'wrong-patient',
      'unknown',
    ])
    .default('final'),
  withheld: z.string().optional(),
  review: z.string().optional(),
  failed: z.string().optional(),
  flagged: z.string().optional(),
  dayFrom: z.enum(['collected', 'result', 'received']).default('collected'),
  record: z.string().optional(),
})

const target = z.strictObject({
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
  above: z.number().optional(),
  below: z.number().optional(),
})

export const casePatient = z.strictObject({
  enrolment: z.strictObject(span).nullable().default({ from: '2015-01-01', to: null }),
  birthDate: day.nullable().default('1970-05-20'),
  deceasedOn: day.nullable().default(null),
  diagnosedOn: day.nullable().default('2015-01-01'),
  targets: z.array(z.strictObject({ item: z.string(), target, ...span })).default([]),
  exemptions: z
    .array(
      z.strictObject({
        item: z.string(),
        reason: z.enum(['care-refused', 'no-longer-needed', 'treated-elsewhere', 'clinician-decided']),
        ...span,
      }),
    )
    .default([]),
  features: z.array(z.strictObject({ name: z.string(), holds: z.boolean().default(true), ...span })).default([]),
})

/** Facts of a case: its patient, with the values by code group. */
export function factsOf(
  definition: MonitorDefinition,
  patient: z.input<typeof casePatient>,
  values: Readonly<Record<string, readonly z.input<typeof caseValue>[]>>,
  zone = 'Europe/Amsterdam',
): Facts {
  const lists = Object.entries(values).map(
    ([group, list]) =>
      [group, list.map((one, index) => valueOf(definition, group, caseValue.parse(one), index, zone))] as const,
  )
  return { zone, activation: 'lab-quality@1', ...casePatient.parse(patient), values: Object.fromEntries(lists) }
}

function valueOf(
  definition: MonitorDefinition,
  name: string,
  told: z.output<typeof caseValue>,
  index: number,
  zone: string,
): MonitorValue {
  const group = definition.groups[name]
  if (group === undefined) throw new TypeError(`no group ${name}`)
  const receivedAt = told.received ?? new Date(Date.parse(`${told.day}T12:00:00Z`) + 86_400_000).toISOString()
  return {
    record: told.record ?? `${name}-${index}`,
    codes: [told.code ?? group.codes[0] ?? ''],
    source: told.source,
    day: told.day,
    dayFrom: told.dayFrom,
    at: told.at ?? told.day,
    resultAt: told.result,
    receivedOn: dayIn(zone, Date.parse(receivedAt)),
    receivedAt,
    status: told.status,
    measured: measuredOf(told, group.unit ?? ''),
    disposition: dispositionOf(told),
  }
}

function measuredOf(told: z.output<typeof caseValue>, unit: string): Measured {
  if (told.empty === true) return { state: 'none' }
  if (told.answers !== undefined) return { state: 'coded', answers: told.answers, original: told.answers.join() }
  if (told.value === undefined && told.original !== undefined)
    return { state: 'not-understood', original: told.original }
  if (told.value === undefined) return { state: 'text', original: told.text ?? 'recorded' }
  return {
    state: 'quantity',
    value: told.value,
    unit: told.unit ?? unit,
    comparator: told.comparator ?? null,
    original: told.original ?? `${told.value} ${told.unit ?? unit}`,
  }
}

function dispositionOf(told: z.output<typeof caseValue>): Disposition {
  const since = '2017-06-21T16:00:00Z'
  if (told.withheld !== undefined) return { state: 'withheld', rule: told.withheld, activation: 'lab-quality@2', since }
  if (told.review !== undefined) return { state: 'in-doubt', rule: told.review, why: 'review' }
  if (told.failed !== undefined) return { state: 'in-doubt', rule: told.failed, why: 'error' }
  return told.flagged === undefined ? { state: 'visible' } : { state: 'flagged', rule: told.flagged }
}
