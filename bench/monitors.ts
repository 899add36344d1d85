import { displayState, type FeedHealth } from '../src/monitors/display.ts'
import { evaluateItem } from '../src/monitors/evaluate.ts'
import type { Facts, MonitorValue } from '../src/monitors/facts.ts'
import { loadMonitors } from '../src/monitors/load.ts'
import { median, type BenchRow } from './row.ts'

const rounds = 7
const patients = 400
/** Items a second that the design asks of a re-evaluation. */
const bar = 10_000

/**
 * Items evaluated per second of this process's own CPU time, the next change and the one after it computed ahead; and items
 * shown from a stored evaluation. In memory: no database, one thread.
 */
export function benchMonitors(): BenchRow[] {
  const definition = loadMonitors().find(({ name }) => name === 'diabetes-cvrm')
  if (definition === undefined) throw new Error('the diabetes monitor is not there')
  const now = new Date('2026-06-15T10:00:00Z')
  const all = Array.from({ length: patients }, (_, i) => factsOf(i))
  const count = patients * definition.items.length
  const evaluateAll = () =>
    all.flatMap((facts) =>
      definition.items.map((item) => ({ item, evaluation: evaluateItem(definition, item, facts, now) })),
    )
  const evaluations = evaluateAll()
  const health: FeedHealth = {
    activation: 'bench',
    sources: { lab: ['lab-0'], practice: [] },
    disturbances: [disturbance],
  }
  const showAll = (): number =>
    evaluations.filter(({ item, evaluation }) => displayState(evaluation, item, health, now).state === 'unreliable')
      .length
  const evaluate = Array.from({ length: rounds }, () => perCpuSecond(count, evaluateAll))
  const show = Array.from({ length: rounds }, () => perCpuSecond(count, showAll))
  const conditions = `${patients} patients x ${definition.items.length} items of diabetes-cvrm, 3 to 4 values an item, one thread, ${rounds} rounds, medians, node ${process.version}; theirs = the bar`
  return [row('monitors-evaluate', median(evaluate), conditions), row('monitors-show', median(show), conditions)]
}

const disturbance = {
  source: 'lab-0',
  feed: 'lab',
  from: '2026-06-10T00:00:00Z',
  to: null,
  repairedUntil: null,
  reason: 'silent',
} as const

const row = (name: string, ours: number, conditions: string): BenchRow => ({
  name,
  ours: Math.round(ours),
  theirs: bar,
  ratio: Number((ours / bar).toFixed(2)),
  unit: 'items per CPU second',
  conditions,
})

/** Patients that differ in age, in how old their values are and in which ones they have. */
function factsOf(i: number): Facts {
  const groups = [
    'hba1c',
    'egfr',
    'ldl',
    'non-hdl',
    'systolic',
    'fasting-glucose',
    'weight',
    'smoking',
    'foot',
    'fundus',
  ]
  const units = { hba1c: 'mmol/mol', egfr: 'mL/min/{1.73_m2}', systolic: 'mm[Hg]' } as Readonly<Record<string, string>>
  const values = groups
    .filter((_, at) => (i + at) % 7 !== 0)
    .map((group, at) => {
      const list = Array.from({ length: 3 + (i % 2) }, (_, nth) => valueOf(i, at, nth, units[group] ?? 'mmol/L'))
      return [group, list] as const
    })
  return {
    zone: 'Europe/Brussels',
    activation: 'bench',
    enrolment: { from: '2015-01-01', to: null },
    birthDate: `${1930 + (i % 50)}-0${1 + (i % 9)}-15`,
    deceasedOn: null,
    diagnosedOn: `${2005 + (i % 15)}-03-10`,
    values: Object.fromEntries(values),
    targets: [],
    exemptions: [],
    features: [{ name: 'more-than-metformin', holds: i % 3 === 0, from: '2016-01-01', to: null }],
  }
}

function valueOf(i: number, at: number, nth: number, unit: string): MonitorValue {
  const day = `${2023 + nth}-${String(1 + ((i + at) % 12)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}`
  return {
    record: `${i}-${at}-${nth}`,
    codes: ['loinc:59261-8'],
    source: `lab-${i % 5}`,
    day,
    dayFrom: 'collected',
    at: `${day}T08:00:00.000Z`,
    resultAt: `${day}T15:00:00.000Z`,
    receivedOn: day,
    receivedAt: `${day}T16:00:00.000Z`,
    status: 'final',
    measured: { state: 'quantity', value: 3 + ((i * 7 + at) % 80), unit, comparator: null, original: 'bench' },
    disposition: { state: 'visible' },
  }
}

function perCpuSecond(count: number, turn: () => unknown): number {
  const before = process.cpuUsage()
  turn()
  const { user, system } = process.cpuUsage(before)
  return (count * 1_000_000) / (user + system)
}
