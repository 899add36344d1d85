import { evaluate } from './evaluate.ts'
import type { Pack } from './pack.ts'
import type { CaseOutcome, PackCase } from './pack-file.ts'
import type { RuleContext, RuleSubject } from './subject.ts'

export interface CaseResult {
  readonly name: string
  readonly rule: string
  readonly expected: CaseOutcome
  readonly given: CaseOutcome
  readonly ok: boolean
}

/**
 * Runs the cases of a pack; `prepare` may add what the hub works out of a record before rules see it (codes and units by
 * the tables, their limits), and otherwise a case says all of it.
 *
 * @example runCases(pack).every((one) => one.ok) // true
 */
export function runCases(
  pack: Pack,
  prepare: (subject: RuleSubject) => RuleSubject = (subject) => subject,
): CaseResult[] {
  if (pack.cases === null) return []
  const { record, context, cases } = pack.cases
  return cases.map((one) => {
    const given = outcomeOf(pack, one, () => prepare(subjectOf(record, context, one)))
    return { name: one.name, rule: one.rule, expected: one.gives, given, ok: given === one.gives }
  })
}

/** What the rule says; `error` also for a record of another build than those the hub reads, which a case may well hold. */
function outcomeOf(pack: Pack, { rule }: PackCase, subject: () => RuleSubject): CaseOutcome {
  try {
    const given = evaluate(pack, [subject()])[0]?.find(({ ruleId }) => ruleId === rule)?.outcome ?? 'not-applicable'
    const refuses = pack.rules.find(({ id }) => id === rule)?.severity === 'refuse'
    return refuses && given === 'withhold' ? 'refuse' : given
  } catch {
    return 'error'
  }
}

function subjectOf(record: object, context: object, one: PackCase): RuleSubject {
  const around = laidOver(context, one.context) as Partial<RuleContext>
  return {
    object: laidOver(record, one.change) as object,
    context: { now: '2026-11-22T12:00:00+01:00', source: 'lab-a', ...around },
  }
}

/**
 * One object over another, deep. A list replaces a list, and a value of another `state` replaces the value: a text result
 * has none of the fields of a number.
 */
function laidOver(base: unknown, change: unknown): unknown {
  if (!isObject(base) || !isObject(change)) return change
  if ('state' in change && change['state'] !== base['state']) return change
  const made: Record<string, unknown> = { ...base }
  for (const [name, value] of Object.entries(change)) made[name] = name in base ? laidOver(base[name], value) : value
  return made
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
