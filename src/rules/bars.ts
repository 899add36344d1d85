import type { Pack } from './pack.ts'

/** A rule that is not asked for now. */
export interface BarredRule {
  readonly pack: string
  readonly version: string
  readonly rule: string
}

/** Which rules of which packs are not asked, because they stood still too often of late. */
export interface RuleBars {
  /** Notes that a rule stood still on a record, for a whole deadline. */
  stoodStill(pack: Pack, rule: string): void
  /** Rules that are not asked now, by pack hash. */
  now(): ReadonlyMap<string, ReadonlySet<string>>
  list(): readonly BarredRule[]
}

/** A rule that stood still on so many records within `minutes` is not asked for as long: each of them cost a deadline. */
const standstills = 3
const minutes = 10

/**
 * Keeps rules from being asked that stand still, and lets them be asked again after some minutes: what made them so may be
 * one record, or a machine with too much to do. `tell` hears of each when it begins.
 */
export function makeRuleBars(
  tell: (barred: BarredRule) => void = () => undefined,
  clock: () => number = () => performance.now(),
): RuleBars {
  const stood = new Map<string, number[]>()
  const bars = new Map<string, BarredRule & { readonly hash: string; readonly until: number }>()
  const current = () => {
    const now = clock()
    for (const [name, { until }] of bars) if (until <= now) bars.delete(name)
    return [...bars.values()]
  }
  return {
    stoodStill({ name: pack, version, hash }, rule) {
      const now = clock()
      const name = `${hash} ${rule}`
      const times = (stood.get(name) ?? []).filter((at) => at > now - minutes * 60_000).concat(now)
      stood.set(name, times)
      if (times.length < standstills) return
      stood.delete(name)
      bars.set(name, { pack, version, rule, hash, until: now + minutes * 60_000 })
      tell({ pack, version, rule })
    },
    now() {
      const barred = new Map<string, Set<string>>()
      for (const { hash, rule } of current()) barred.set(hash, (barred.get(hash) ?? new Set()).add(rule))
      return barred
    },
    list: () => current().map(({ pack, version, rule }) => ({ pack, version, rule })),
  }
}
