import type { Fault } from '../kernel/fault.ts'
import type { Params } from '../kernel/language.ts'
import type { Scope } from './expression.ts'
import { EvaluationError } from './language/faults.ts'
import type { Pack, RecordRule } from './pack.ts'
import type { Outcome } from './pack-file.ts'
import { scopeOf, type RuleSubject } from './subject.ts'
import { jumpOf } from './swaps.ts'

/** What one rule said of one record. */
export interface Verdict {
  readonly ruleId: string
  readonly ruleHash: string
  readonly outcome: Outcome
  /** What its text needs, and why it could not be judged; holds values of the record, so it is stored like the record. */
  readonly evidence: Params
  /** Of an `error`: the rule was not asked, because it stood still on other records of late. */
  readonly barred?: true
}

/** Whether a rule is to be asked at all, and a place to write down which is being asked. */
export interface Watching {
  readonly asks: (rule: RecordRule, at: number) => boolean
}

/**
 * What every rule of a pack says of every record, in their order; rules on a stream say nothing here.
 *
 * `error` stands for a rule that could not be worked out on this record; it never counts as `withhold`. `not-applicable`
 * stands for a rule that has nothing to say on it, or that cannot tell. Never throws.
 *
 * @example evaluate(pack, [{ object: observation, context: { now, source: 'lab-a' } }])[0]?.[0]?.outcome // 'pass'
 */
export function evaluate(pack: Pack, subjects: readonly RuleSubject[]): Verdict[][] {
  return subjects.map((subject) => verdictsOf(pack, subject, () => true))
}

/**
 * Only what is worth a row: flag, withhold and error. The rest of a pack's rules passed or had nothing to say; a pass stands
 * here only for a rule that asks for `%swap` of a result that jumps, because it is settled among others.
 */
export function findings(pack: Pack, subjects: Iterable<RuleSubject>, watching?: Watching): Verdict[][] {
  return Array.from(subjects, (subject, at) => {
    const asks = watching === undefined ? () => true : (rule: RecordRule) => watching.asks(rule, at)
    return verdictsOf(pack, subject, asks, isFinding)
  })
}

function isFinding(outcome: Outcome): boolean {
  return outcome !== 'pass' && outcome !== 'not-applicable'
}

function verdictsOf(
  pack: Pack,
  subject: RuleSubject,
  asks: (rule: RecordRule) => boolean,
  keeps: (outcome: Outcome) => boolean = () => true,
): Verdict[] {
  const verdicts: Verdict[] = []
  const scope = scopeOf(subject)
  const found = hasFinding(subject.object)
  for (const rule of pack.rules) {
    // Most forms have nothing to be checked, and there are as many of these rules as of all others.
    const passes = rule.state === 'record' && rule.finding !== null && !found
    if (passes && !keeps('pass')) continue
    if (rule.state !== 'record' || !asks(rule)) continue
    let outcome: Outcome
    let evidence: Params = {}
    try {
      outcome = passes ? 'pass' : outcomeOf(rule, subject.object, scope)
      if (isFinding(outcome)) evidence = evidenceOf(rule, subject.object, scope)
    } catch (error) {
      outcome = 'error'
      evidence = { error: reasonOf(error) }
    }
    const jumps = rule.asksSwap && outcome === 'pass' ? jumpOf(subject) : null
    if (jumps !== null) evidence = { ...jumps }
    if (jumps !== null || keeps(outcome)) verdicts.push({ ruleId: rule.id, ruleHash: rule.hash, outcome, evidence })
  }
  return verdicts
}

function hasFinding(object: object): boolean {
  if (!('faults' in object) || !Array.isArray(object.faults)) return false
  return object.faults.some((fault: Partial<Fault> | null) => fault?.severity === 'check')
}

function outcomeOf(rule: RecordRule, object: object, scope: Scope): Outcome {
  if (rule.applies.answer(object, scope) !== true) return 'not-applicable'
  const answer = rule.expr.answer(object, scope)
  return answer === undefined ? 'not-applicable' : answer ? 'pass' : outcomeWhenFailing(rule)
}

/** What is refused is withheld: from readers and destinations alike. What tells them apart is what its sender is told. */
export const outcomeWhenFailing = ({ severity }: Pick<RecordRule, 'severity'>): 'flag' | 'withhold' =>
  severity === 'flag' ? 'flag' : 'withhold'

const longestEvidence = 200

/** The values a text asks for. A value that cannot be worked out leaves its place open; the verdict stands. */
function evidenceOf(rule: RecordRule, object: object, scope: Scope): Params {
  const evidence: Record<string, string | number> = {}
  for (const [name, expression] of rule.params) {
    try {
      const values = expression.values(object, scope)
      if (values.length === 1 && typeof values[0] === 'number') evidence[name] = values[0]
      else if (values.length > 0) evidence[name] = values.map(String).join(', ').slice(0, longestEvidence)
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error
    }
  }
  return evidence
}

/** Why a rule could not be worked out; messages of other errors may hold what the record says. */
function reasonOf(error: unknown): string {
  return error instanceof EvaluationError && error.cause === undefined
    ? error.message
    : 'cannot be worked out on this record'
}
