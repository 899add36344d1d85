import type { RuleSets } from '../../checking/rule-sets.ts'
import { languages, type Texts } from '../../kernel/language.ts'
import type { Queryable } from '../../store/connect.ts'
import type { WithheldReason } from '../../store/result-search.ts'
import { note, type Issue } from './outcome.ts'
import type { Result } from './results.ts'

export interface WithheldDeps {
  readonly db: Queryable
  readonly ruleSets: Pick<RuleSets, 'pack'>
}

/** Says of results that are withheld, by laboratory and rule: how many, since when, why, and who can release them. */
export async function tellWithheld(
  deps: WithheldDeps,
  withheld: readonly (readonly [Result, WithheldReason])[],
): Promise<Issue[]> {
  const groups = Map.groupBy(withheld, ([{ current }, { pack, rule, setting }]) =>
    JSON.stringify([current.senderId, pack, rule, setting]),
  )
  const issues: Issue[] = []
  for (const group of groups.values()) {
    const [[result, reason] = []] = group
    if (result === undefined || reason === undefined) continue
    const since = new Date(Math.min(...group.map(([, one]) => one.since.getTime())))
    issues.push(await issueFor(deps, result.current.sender, { ...reason, since }, group.length))
  }
  return issues
}

/** The same for one result. */
export async function issueFor(
  deps: WithheldDeps,
  laboratory: string,
  reason: WithheldReason,
  count: number,
): Promise<Issue> {
  const { pack, rule, setting } = reason
  const common = { count, laboratory, since: reason.since.toISOString() }
  if (setting === null) return note('withheld-by-person', common, 'warning', 'suppressed')
  const why = await textOf(deps, setting, rule)
  const told = note('withheld', { ...common, rule: `${pack}/${rule}` }, 'warning', 'suppressed')
  const texts = Object.fromEntries(languages.map((one) => [one, told.texts[one].replace('{why}', () => why[one])]))
  return { ...told, texts: texts as unknown as Texts }
}

const nothing: Texts = { nl: '', fr: '', de: '', en: '' }

/** The text of a rule; the values in it are of what is withheld, and stay away. */
async function textOf({ db, ruleSets }: WithheldDeps, setting: number, rule: string): Promise<Texts> {
  const found = (await ruleSets.pack(db, setting)).rules.find(({ id }) => id === rule)
  if (found === undefined) return nothing
  const without = (text: string): string => text.replaceAll(/\{\w+\}/g, '…')
  return Object.fromEntries(languages.map((one) => [one, without(found.text[one])])) as unknown as Texts
}
