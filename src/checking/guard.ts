import type { Log } from '../kernel/log.ts'
import { activationsOfPacks } from '../store/activations.ts'
import type { Database } from '../store/connect.ts'
import { guardCounts, type GuardCount } from '../store/guard-counts.ts'
import { judgeShares, type Judgement } from './guard-math.ts'
import { guardSentence } from './guard-sentence.ts'
import { demotePack } from './revert.ts'
import { standing, type PackStanding } from './standing.ts'
import type { SwitchDeps } from './switch.ts'

/** A version out of bounds, and the source that shows it. */
export interface OutOfBounds {
  readonly count: GuardCount
  readonly judgement: Exclude<Judgement, { state: 'within' }>
}

export interface GuardDeps extends SwitchDeps {
  readonly log: Log
}

type GuardFinding = {
  readonly kind: 'pack-demoted' | 'pack-withholds'
  readonly scope: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** Counts everything that counts now that is out of the bounds of its pack, worst activations once. */
export async function outOfBounds({ db, ruleSets }: SwitchDeps): Promise<OutOfBounds[]> {
  const found = new Map<number, OutOfBounds>()
  const rows = await activationsOfPacks(db)
  const settings = new Map(rows.map((row) => [row.id, row.setting]))
  for (const count of await guardCounts(db)) {
    const setting = settings.get(count.activation)
    if (setting === undefined || found.has(count.activation)) continue
    const judgement = judgeShares(count, (await ruleSets.pack(db, setting)).limits)
    if (judgement.state !== 'within') found.set(count.activation, { count, judgement })
  }
  return [...found.values()]
}

/**
 * The guard, taken by one node every ten seconds: a version that withholds of a source what it should not is put back into
 * the shadow, what it replaced counts again, and what it withheld is visible again. An alert stays until a person decides
 * the next step of that pack. A version that replaced nothing is only reported, because nothing else would check.
 */
export function guardLook(deps: GuardDeps) {
  return {
    name: 'pack-guard',
    kinds: ['pack-demoted', 'pack-withholds'] as const,
    everyMs: 10_000,
    promptly: true,
    look: async (db: Database): Promise<GuardFinding[]> => {
      const whole = { ...deps, db }
      const findings: GuardFinding[] = []
      for (const { count, judgement } of await outOfBounds(whole)) {
        const why = guardSentence(count, judgement)
        if (canStepBack(standing(await activationsOfPacks(db, count.pack)).get(count.pack), count.activation)) {
          const done = await demotePack(whole, { pack: count.pack, activation: count.activation, actor: 'guard', why })
          if (done !== null)
            deps.log.warn('pack-demoted', { pack: count.pack, activation: count.activation, rule: count.rule })
        } else {
          findings.push({ kind: 'pack-withholds', scope: count.pack, detail: detailOf(count, judgement) })
        }
      }
      return [...findings, ...(await demotions(db))]
    },
  }
}

function canStepBack(stands: PackStanding | undefined, activation: number): boolean {
  if (stands === undefined) return false
  if (stands.active?.activation === activation) return stands.former !== null
  return [...stands.exceptions.values()].some((one) => one.activation === activation)
}

/** What the guard undid and nobody has looked after yet. */
async function demotions(db: Database): Promise<GuardFinding[]> {
  const last = new Map((await activationsOfPacks(db)).map((row) => [row.pack, row]))
  return [...last.values()]
    .filter((row) => row.actor === 'guard')
    .map((row) => ({ kind: 'pack-demoted', scope: row.pack, detail: { activation: row.reverts, why: row.why } }))
}

function detailOf(count: GuardCount, judgement: OutOfBounds['judgement']): Record<string, unknown> {
  const { activation, clientId, formKind, rule, checked, withheld } = count
  return { activation, source: clientId, formKind, rule, checked, withheld, ...judgement }
}
