import { judgeShares } from '../../checking/guard-math.ts'
import { standing, type PackStanding } from '../../checking/standing.ts'
import { activationsOfPacks, type ActivationRow } from '../../store/activations.ts'
import { guardCounts, type GuardCount } from '../../store/guard-counts.ts'
import { storedPacks } from '../../store/packs.ts'
import { withheldByPack } from '../../store/withheld-counts.ts'
import { addresses } from '../../web/addresses.ts'
import { packListPage, type GuardState, type PackList } from '../../web/pages/packs.tsx'
import type { StateName } from '../../web/parts/states.ts'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'
import { actorName } from './names.ts'
import type { Screens } from './screens.ts'

/** Every rule pack with the version that counts, what stands beside it, and what it withholds. */
export function packListScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show(addresses.packs, 'see-packs', async ({ view }) => {
    const [stored, rows, counts, withheld] = await Promise.all([
      storedPacks(deps.db),
      activationsOfPacks(deps.db),
      guardCounts(deps.db),
      withheldByPack(deps.db),
    ])
    const stands = standing(rows)
    const packs: PackList['packs'][number][] = []
    for (const [name, versions] of Map.groupBy(stored, (one) => one.name)) {
      const own = stands.get(name)
      const judged = await judgeGuard(
        deps,
        rows,
        counts.filter((one) => one.pack === name),
      )
      packs.push({
        name,
        service: versions[0]!.body.service,
        active: activeOf(view, own, rows),
        beside: versions
          .flatMap(({ id, body }) => besideStates(own, id).map((state) => ({ version: body.version, state })))
          .filter(({ state }) => state !== 'active'),
        guard: worst(judged.map(({ state }) => state)),
        withheld: withheld.packs.get(name) ?? 0,
      })
    }
    return packListPage(view, { asOf: deps.now().toISOString(), withheld: withheld.all, packs })
  })
}

function activeOf(
  view: View,
  own: PackStanding | undefined,
  rows: readonly ActivationRow[],
): PackList['packs'][number]['active'] {
  if (own?.active == null) return null
  const { version, since, activation } = own.active
  return {
    version,
    since: since.toISOString(),
    by: actorName(view, rows.find(({ id }) => id === activation)?.actor ?? ''),
  }
}

/** How one version stands: it can count for one sender and be judged beside for the others. */
export function besideStates(own: PackStanding | undefined, setting: number): StateName[] {
  if (own === undefined) return []
  const states: StateName[] = []
  if (own.active?.setting === setting) states.push('active')
  if ([...own.exceptions.values()].some((one) => one.setting === setting)) states.push('canary')
  if (own.former?.setting === setting) states.push('former')
  else if (own.shadows.has(setting)) states.push('shadow')
  return states
}

export interface JudgedCount {
  readonly count: GuardCount
  readonly state: GuardState
  /** Share at most allowed. */
  readonly bound: number
}

/** What the guard sees of counts, with the same bounds it acts by. */
export async function judgeGuard(
  { db, ruleSets }: ConsoleDeps,
  rows: readonly ActivationRow[],
  counts: readonly GuardCount[],
): Promise<JudgedCount[]> {
  const judged: JudgedCount[] = []
  for (const count of counts) {
    const setting = rows.find(({ id }) => id === count.activation)?.setting
    if (setting === undefined) continue
    const { limits } = await ruleSets.pack(db, setting)
    const judgement = judgeShares(count, limits)
    const isSeen = count.checked >= limits.minSample
    const bound = judgement.state === 'share' ? judgement.bound : limits.maxShareNewlyWithheld
    judged.push({ count, bound, state: judgement.state === 'within' ? (isSeen ? 'within' : 'too-few') : 'beyond' })
  }
  return judged
}

/** Of several the one to look at; nothing withheld is within. */
export function worst(states: readonly GuardState[]): GuardState {
  if (states.includes('beyond')) return 'beyond'
  return states.length > 0 && states.every((state) => state === 'too-few') ? 'too-few' : 'within'
}
