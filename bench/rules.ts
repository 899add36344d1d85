import { dataFolder } from '../src/kernel/package-root.ts'
import { join } from 'node:path'
import { shippedTables } from '../src/formats/lab/tables.ts'
import { findings } from '../src/rules/evaluate.ts'
import { compileReference } from '../src/rules/language/reference.ts'
import { When } from '../src/rules/language/when.ts'
import { loadPack, packOf } from '../src/rules/load.ts'
import type { Pack } from '../src/rules/pack.ts'
import { prepared } from '../src/rules/prepare.ts'
import { scopeOf, type RuleContext, type RuleSubject } from '../src/rules/subject.ts'
import { median, type BenchRow } from './row.ts'

const rounds = 7
const ourTurn = 4000
const theirTurn = 150
const rulesAsked = 20

/**
 * Twenty rules of the shipped pack over interpreted results, observations per second of this process's own CPU time, in
 * turns with the same expressions compiled by fhirpath.js. Facts and scope are made anew for every observation on our side.
 */
export async function benchRules(): Promise<BenchRow[]> {
  const whole = packOf(loadPack(join(dataFolder, 'packs/lab-quality/1.0.0')), 'lab-quality@1.0.0')
  const pack: Pack = { ...whole, rules: whole.rules.filter(({ state }) => state === 'record').slice(0, rulesAsked) }
  const subjects = Array.from({ length: ourTurn }, (_, at) => subjectOf(whole, at))
  const theirs = referenceOf(pack)
  const ours = (): number => findings(pack, subjects).length
  const few = subjects.slice(0, theirTurn)
  const reference = (): number => few.reduce((sum, one) => sum + theirs(one), 0)
  for (let warm = 0; warm < 3; warm++) ours()
  reference()
  const figures = Array.from({ length: rounds }, () => ({
    ours: perCpuSecond(ours, ourTurn),
    theirs: perCpuSecond(reference, theirTurn),
  }))
  const [mine, other] = [median(figures.map((one) => one.ours)), median(figures.map((one) => one.theirs))]
  return [
    {
      name: 'rules-20',
      ours: Math.round(mine),
      theirs: Math.round(other),
      ratio: Number((mine / other).toFixed(1)),
      unit: 'observations per CPU second',
      conditions: `${pack.rules.length} rules of lab-quality 1.0.0, one thread, against fhirpath.js compiled, ${rounds} rounds, medians, node ${process.version}`,
    },
  ]
}

/** Results that differ in value, and one in ten that a rule has something to say about. */
function subjectOf({ cases }: Pack, at: number): RuleSubject {
  const record = structuredClone(cases?.record ?? {}) as { value: { value: number; original: string }; status: string }
  record.value.value = 60 + (at % 50)
  record.value.original = String(record.value.value)
  if (at % 10 === 0) record.status = 'unknown'
  const context = { source: 'lab-a', ...cases?.context } as unknown as RuleContext
  return prepared({ object: record, context }, shippedTables())
}

function referenceOf(pack: Pack): (subject: RuleSubject) => number {
  const rules = pack.rules.flatMap((rule) =>
    rule.state === 'record'
      ? [{ applies: compileReference(rule.applies.text), expr: compileReference(rule.expr.text) }]
      : [],
  )
  return (subject) => {
    const { variables, now } = scopeOf(subject)
    const env = { root: subject.object as never, variables, now: When.read(now, 'dateTime')!, index: 0 }
    return rules.filter(({ applies, expr }) => applies(env.root, env)[0] === true && expr(env.root, env)[0] === false)
      .length
  }
}

function perCpuSecond(turn: () => number, count: number): number {
  const before = process.cpuUsage()
  turn()
  const { user, system } = process.cpuUsage(before)
  return (count * 1_000_000) / (user + system)
}
