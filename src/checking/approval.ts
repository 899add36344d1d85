import type { PackLimits } from '../rules/pack-file.ts'
import type { NamedImpactLine } from '../store/impact-figures.ts'

/** Why a version does not go further without a second person. */
export type Objection =
  | {
      readonly state: 'too-much'
      readonly sender: string
      readonly clientId: string
      readonly rule: string
      readonly count: number
      readonly records: number
      readonly share: number
      readonly limit: number
    }
  | {
      readonly state: 'concentrated'
      readonly of: 'sender' | 'kind'
      readonly name: string
      readonly rule: string
      readonly count: number
      /** Its part of all that would be newly withheld, 0 to 1. */
      readonly share: number
    }

/** One source or kind with so much of all that is newly withheld looks like a rule that misjudges it. */
const concentrated = 0.8

/**
 * What stands in the way of a version, worst first: a sender of which more becomes withheld than the pack allows, and a
 * sender or kind that holds nearly all that becomes withheld while it does not hold nearly all records. `sources` narrows it
 * to the senders it would count for.
 *
 * @example objectionsTo(lines, pack.limits, null)[0]?.state // 'concentrated'
 */
export function objectionsTo(
  lines: readonly NamedImpactLine[],
  limits: PackLimits,
  sources: readonly string[] | null,
): Objection[] {
  const chosen = lines.filter(({ clientId }) => sources?.includes(clientId) ?? true)
  const totals = chosen.filter(({ rule }) => rule === '')
  const found = tooMuch(chosen, totals, limits)
  // A canary is one source by intention.
  if (sources === null) {
    found.unshift(
      ...concentration(chosen, totals, limits, 'sender', (line) => line.clientId),
      ...concentration(chosen, totals, limits, 'kind', (line) => line.formKind),
    )
  }
  return found
}

function tooMuch(
  lines: readonly NamedImpactLine[],
  totals: readonly NamedImpactLine[],
  limits: PackLimits,
): Objection[] {
  const found: Extract<Objection, { state: 'too-much' }>[] = []
  for (const [clientId, own] of Map.groupBy(totals, (line) => line.clientId)) {
    const records = sum(own, 'records')
    const count = sum(own, 'newlyWithheld')
    const share = records === 0 ? 0 : count / records
    if (count === 0 || records < limits.minSample || share <= limits.maxShareNewlyWithheld) continue
    found.push({
      state: 'too-much',
      sender: own[0]!.sender,
      clientId,
      rule: mainRule(lines.filter((line) => line.clientId === clientId)),
      count,
      records,
      share,
      limit: limits.maxShareNewlyWithheld,
    })
  }
  return found.toSorted((a, b) => b.share - a.share)
}

function concentration(
  lines: readonly NamedImpactLine[],
  totals: readonly NamedImpactLine[],
  limits: PackLimits,
  of: 'sender' | 'kind',
  keyOf: (line: NamedImpactLine) => string,
): Objection[] {
  const all = sum(totals, 'newlyWithheld')
  const allRecords = sum(totals, 'records')
  if (all < limits.minSample) return []
  return [...Map.groupBy(totals, keyOf)].flatMap(([key, own]): Objection[] => {
    const count = sum(own, 'newlyWithheld')
    if (count < all * concentrated || sum(own, 'records') >= allRecords * concentrated) return []
    const rule = mainRule(lines.filter((line) => keyOf(line) === key))
    const name = of === 'sender' ? own[0]!.sender : key
    return [{ state: 'concentrated', of, name, rule, count, share: count / all }]
  })
}

function sum(lines: readonly NamedImpactLine[], what: 'records' | 'newlyWithheld'): number {
  return lines.reduce((total, line) => total + line[what], 0)
}

/** The rule behind most of what is newly withheld. */
function mainRule(lines: readonly NamedImpactLine[]): string {
  const counts = new Map<string, number>()
  for (const { rule, newlyWithheld } of lines)
    if (rule !== '') counts.set(rule, (counts.get(rule) ?? 0) + newlyWithheld)
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? ''
}
