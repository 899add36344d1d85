import type { PackLimits } from '../rules/pack-file.ts'

/** What was withheld of a number of records, now and usually at such hours. */
export interface Shares {
  readonly checked: number
  readonly withheld: number
  readonly checkedThisHour: number
  readonly withheldThisHour: number
  readonly usualChecked: number
  readonly usualWithheld: number
}

export type Judgement =
  | { readonly state: 'within' }
  /** So sure of its share that chance does not explain it: `low` is the least it can be, `bound` the most it may be. */
  | { readonly state: 'share'; readonly low: number; readonly bound: number }
  /** More in one hour than the pack allows, beyond what is usual. */
  | { readonly state: 'hour'; readonly count: number; readonly bound: number }

/** 99 in 100, both sides: a guard that looks every ten seconds must not cry at every tenth look. */
const confidence = 2.576
/** So many times its usual share is no longer usual. */
const timesUsual = 2

/**
 * Between what shares the true share of `hits` in `all` lies, with 99 % confidence (Wilson's score interval).
 *
 * @example wilson(5, 10) // { low: 0.18, high: 0.82 }
 */
export function wilson(hits: number, all: number): { low: number; high: number } {
  if (all <= 0) return { low: 0, high: 1 }
  const share = hits / all
  const square = confidence ** 2
  const middle = share + square / (2 * all)
  const half = confidence * Math.sqrt((share * (1 - share) + square / (4 * all)) / all)
  const scale = 1 + square / all
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) }
}

/**
 * Whether what is withheld of one source and kind by one rule is out of bounds: surely above twice its usual share and above
 * the share the pack allows; or more in the running hour than the pack allows, beyond the usual.
 *
 * @example judgeShares({ checked: 100, withheld: 90, ... }, limits).state // 'share'
 */
export function judgeShares(shares: Shares, limits: PackLimits): Judgement {
  const { checked, withheld, usualChecked, usualWithheld } = shares
  // Without a history of its own a source is held to what the pack allows.
  const usual = usualChecked >= limits.minSample ? wilson(usualWithheld, usualChecked).high : 0
  const expected = usualChecked >= limits.minSample ? usualWithheld / usualChecked : 0
  const beyond = shares.withheldThisHour - Math.ceil(timesUsual * expected * shares.checkedThisHour)
  if (beyond > limits.maxPerHourPerSource)
    return { state: 'hour', count: shares.withheldThisHour, bound: limits.maxPerHourPerSource }
  if (checked < limits.minSample) return { state: 'within' }
  const bound = Math.max(timesUsual * usual, limits.maxShareNewlyWithheld)
  const { low } = wilson(withheld, checked)
  return low > bound ? { state: 'share', low, bound } : { state: 'within' }
}
