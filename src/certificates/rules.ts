import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import certLogic, { type CertLogicExpression } from 'certlogic-js'
import { dataFolder } from '../kernel/package-root.ts'
import { groupOf, type DccGroup } from './dcc.ts'
import { valueSetsForRules } from './value-sets.ts'
import type { RuleOutcome } from './verification.ts'

/** One business rule in CertLogic: decides whether a true certificate is accepted, not whether it is true. */
export interface BusinessRule {
  readonly id: string
  readonly version: number
  /** Group it speaks of; null = every certificate. */
  readonly group: DccGroup | null
  readonly meaning: string
  /** ISO date-times; from the first (included) until the last (not included). */
  readonly validFrom: string
  readonly validTo: string | null
  readonly logic: CertLogicExpression
}

/** The shipped rule set, after the meaning of the EU template rules. */
export function euRules(): readonly BusinessRule[] {
  const file = join(dataFolder, 'certificates', 'business-rules.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly rules: readonly BusinessRule[] }).rules
}

/**
 * Evaluates the rules that hold at a moment, of each rule the highest version. A rule that cannot be evaluated on this
 * content is not met.
 *
 * @example evaluateRules(payload, new Date(), euRules()) // [{ rule: 'one-event', met: true }, ...]
 */
export function evaluateRules(payload: unknown, at: Date, rules: readonly BusinessRule[]): RuleOutcome[] {
  const group = groupOf(payload)
  const newest = new Map<string, BusinessRule>()
  for (const rule of rules) {
    const holds = at >= new Date(rule.validFrom) && (rule.validTo === null || at < new Date(rule.validTo))
    if (!holds || (rule.group !== null && rule.group !== group)) continue
    if (rule.version >= (newest.get(rule.id)?.version ?? 0)) newest.set(rule.id, rule)
  }
  const external = { validationClock: at.toISOString(), valueSets: valueSetsForRules() }
  return [...newest.values()].map((rule) => ({ rule: rule.id, met: isMet(rule, { payload, external }) }))
}

function isMet(rule: BusinessRule, data: unknown): boolean {
  try {
    return certLogic.evaluate(rule.logic, data) === true
  } catch {
    return false
  }
}
