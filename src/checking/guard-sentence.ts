import type { GuardCount } from '../store/guard-counts.ts'
import type { Judgement } from './guard-math.ts'

/** Why the guard took a version back. `rule` is null for all rules together; shares are between 0 and 1. */
export type GuardReason =
  | (Common & { readonly state: 'share'; readonly checked: number; readonly low: number; readonly bound: number })
  | (Common & { readonly state: 'hour'; readonly bound: number })

interface Common {
  readonly rule: string | null
  readonly formKind: string
  /** Client id of the sender of whom too much was withheld. */
  readonly source: string
  readonly withheld: number
}

/**
 * The reason as the activation keeps it, beside those that people give: a sentence anybody can read in the database.
 *
 * @example guardSentence(count, judgement) // 'rule source-misjudged withheld 24 of 24 rapid-test of lab-b: surely above ...'
 */
export function guardSentence(count: GuardCount, judgement: Exclude<Judgement, { state: 'within' }>): string {
  const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`
  const of = count.rule === '*' ? 'all rules together' : `rule ${count.rule}`
  return judgement.state === 'share'
    ? `${of} withheld ${count.withheld} of ${count.checked} ${count.formKind} of ${count.clientId}: surely above ${percent(judgement.low)}, where ${percent(judgement.bound)} is the most`
    : `${of} withheld ${judgement.count} ${count.formKind} of ${count.clientId} in this hour, where ${judgement.bound} is the most`
}

const who = String.raw`(?:all rules together|rule (?<rule>\S+)) withheld (?<withheld>\d+)`
const shareSentence = new RegExp(
  String.raw`^${who} of (?<checked>\d+) (?<kind>\S+) of (?<source>\S+): surely above (?<low>[\d.]+) %, where (?<bound>[\d.]+) % is the most$`,
)
const hourSentence = new RegExp(
  String.raw`^${who} (?<kind>\S+) of (?<source>\S+) in this hour, where (?<bound>\d+) is the most$`,
)

/** Reads such a sentence back, to be told in another language; null for any other text. */
export function readGuardSentence(text: string): GuardReason | null {
  const found = shareSentence.exec(text)?.groups ?? hourSentence.exec(text)?.groups
  if (found === undefined) return null
  const { rule = null, kind = '', source = '', withheld, checked, low, bound } = found
  const common = { rule, formKind: kind, source, withheld: Number(withheld) }
  return low === undefined
    ? { ...common, state: 'hour', bound: Number(bound) }
    : { ...common, state: 'share', checked: Number(checked), low: Number(low) / 100, bound: Number(bound) / 100 }
}
