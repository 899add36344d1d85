import type { Pack, Rule } from './pack.ts'

export interface ChangedRule {
  readonly id: string
  /** The fields that differ, such as `expr` or `text`. */
  readonly fields: readonly string[]
  readonly before: Rule
  readonly after: Rule
  /** Whether stored records must be judged anew by it; a better text is no reason. */
  readonly judgesAnew: boolean
}

export interface PackDiff {
  readonly added: readonly Rule[]
  readonly removed: readonly Rule[]
  readonly changed: readonly ChangedRule[]
  readonly unchanged: number
  /** Fields of the pack itself that differ: limits, needs, owner. */
  readonly pack: readonly string[]
}

/**
 * What one version of a pack changes beside another.
 *
 * @example diffPacks(before, after).changed.map((one) => one.id) // ['value-impossible']
 */
export function diffPacks(before: Pack, after: Pack): PackDiff {
  const had = new Map(before.rules.map((rule) => [rule.id, rule]))
  const has = new Map(after.rules.map((rule) => [rule.id, rule]))
  const changed: ChangedRule[] = []
  let unchanged = 0
  for (const rule of after.rules) {
    const old = had.get(rule.id)
    if (old === undefined) continue
    const fields = fieldsThatDiffer(ruleFields(old), ruleFields(rule))
    const judgesAnew = old.hash !== rule.hash
    if (fields.length === 0 && !judgesAnew) unchanged++
    // The rule is the same word for word and the tables it looks at are not.
    else
      changed.push({
        id: rule.id,
        fields: fields.length > 0 ? fields : ['needs'],
        before: old,
        after: rule,
        judgesAnew,
      })
  }
  const { limits, needs, owner, service } = before
  return {
    added: after.rules.filter((rule) => !had.has(rule.id)),
    removed: before.rules.filter((rule) => !has.has(rule.id)),
    changed,
    unchanged,
    pack: fieldsThatDiffer(
      { limits, needs, owner, service },
      { limits: after.limits, needs: after.needs, owner: after.owner, service: after.service },
    ),
  }
}

function ruleFields(rule: Rule): Record<string, unknown> {
  const { class: kind, severity, text, explain } = rule
  if (rule.state === 'stream') return { class: kind, severity, text, explain, measures: rule.measures }
  const params = Object.fromEntries(rule.params.map(([name, expression]) => [name, expression.text]))
  return { class: kind, severity, text, explain, applies: rule.applies.text, expr: rule.expr.text, params }
}

function fieldsThatDiffer(a: Record<string, unknown>, b: Record<string, unknown>): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]))
}
