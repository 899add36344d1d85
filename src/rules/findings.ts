import { findingCodes, findingsOfFields, type FindingCode } from '../formats/eform/findings.ts'
import { errorTexts } from '../kernel/errors.ts'
import { languages, type Texts } from '../kernel/language.ts'
import type { RecordRuleFile } from './pack-file.ts'

/** The pack whose versions say what becomes of the findings of forms; two packs that said it would contradict each other. */
export const findingsPack = 'eform-quality'

/** What a rule says of a finding: whether it is told, waits for a person of ours, or refuses the record as the form does. */
export type FindingWord = 'flag' | 'withhold' | 'refuse'

/** One finding as a version speaks of it: in some fields, or in all of which no other rule of the version speaks. */
export interface SpokenFinding {
  readonly code: FindingCode
  readonly fields: readonly string[] | null
  readonly word: FindingWord
}

type RuleFile = RecordRuleFile | { readonly id: string; readonly class: 'stream' }

/**
 * The rules of a version as they are asked. A rule on a finding gets its expression here, so that it cannot miss what it
 * names; and a finding of which the version says nothing gets the rule that the form file's word is: refuse.
 *
 * @example withFindings('eform-quality', file.rules).at(-1)?.id // 'finding-form-version-ended'
 */
export function withFindings<Rule extends RuleFile>(pack: string, rules: readonly Rule[]): (Rule | RecordRuleFile)[] {
  if (pack !== findingsPack) return [...rules]
  const spoken = rules.map((rule) => (isOnFinding(rule) ? asked(rule, rules) : rule))
  const silent = findingCodes.filter((code) => !rules.some((rule) => speaksOfAll(rule, code)))
  return [...spoken, ...silent.map((code) => asked(wordOfForm(code), rules))]
}

/** What a version says of each finding, silence included: what a door needs to know of it. */
export function spokenFindings(pack: string, rules: readonly RuleFile[]): SpokenFinding[] {
  return withFindings(pack, rules)
    .filter(isOnFinding)
    .map(({ finding, severity }) => ({ code: finding.code, fields: finding.fields ?? null, word: severity }))
}

/** What is wrong with the rules of a version on findings, one sentence each, with the place of the rule. */
export function faultsOfFindings(pack: string, rules: readonly RuleFile[]): { at: number; reason: string }[] {
  const faults: { at: number; reason: string }[] = []
  const taken = new Set<string>()
  for (const [at, rule] of rules.entries()) {
    if (rule.class === 'stream') continue
    const found = isOnFinding(rule)
      ? reasonsAgainst(pack, rule, taken)
      : reasonsAgainstOther(pack, rule as RecordRuleFile)
    faults.push(...found.map((reason) => ({ at, reason })))
  }
  return faults
}

type OnFinding = RecordRuleFile & { readonly finding: NonNullable<RecordRuleFile['finding']> }

const isOnFinding = (rule: RuleFile): rule is OnFinding => 'finding' in rule && rule.finding !== undefined

const speaksOfAll = (rule: RuleFile, code: FindingCode): boolean =>
  isOnFinding(rule) && rule.finding.code === code && rule.finding.fields === undefined

function reasonsAgainst(pack: string, rule: OnFinding, taken: Set<string>): string[] {
  const { code, fields } = rule.finding
  const reasons: string[] = []
  if (pack !== findingsPack) reasons.push(`findings are judged by ${findingsPack} alone`)
  if (rule.expr !== undefined || rule.applies !== 'true' || Object.keys(rule.params).length > 0)
    reasons.push('a rule on a finding has no applies, expr or params: the finding is what it asks')
  const named = findingCodes.find((one) => rule.id === idOf(one))
  if (named !== undefined && (named !== code || fields !== undefined))
    reasons.push(`${rule.id} is the rule on ${named}`)
  if (fields !== undefined && !findingsOfFields.has(code)) reasons.push(`${code} is not found in one field`)
  for (const field of fields ?? ['']) {
    if (taken.has(`${code} ${field}`)) reasons.push(`${code}${field === '' ? '' : ` of ${field}`} has a rule already`)
    taken.add(`${code} ${field}`)
  }
  return reasons
}

function reasonsAgainstOther(pack: string, { id, severity, expr }: RecordRuleFile): string[] {
  const reasons: string[] = []
  if (expr === undefined) reasons.push('a rule needs an expr, or the finding it is about')
  if (severity === 'refuse') reasons.push('only a finding that the sender is told at the door can refuse')
  if (pack === findingsPack && findingCodes.some((code) => id === idOf(code)))
    reasons.push(`${id} is the name of the rule on that finding`)
  return reasons
}

const idOf = (code: FindingCode): string => `finding-${code}`

/** The expression of a rule on a finding: true when the record has none of it in the fields the rule is about. */
function asked(rule: OnFinding, rules: readonly RuleFile[]): RecordRuleFile {
  const { code, fields } = rule.finding
  const own = `code = '${code}' and severity = 'check'`
  const others = rules
    .filter(isOnFinding)
    .flatMap(({ finding }) => (finding.code === code ? (finding.fields ?? []) : []))
  const among = (names: readonly string[]): string => names.map((name) => `$this = '${name}'`).join(' or ')
  const narrowed =
    fields !== undefined
      ? ` and params.field.where(${among(fields)}).exists()`
      : others.length > 0
        ? ` and params.field.where(${among(others)}).empty()`
        : ''
  const found = `faults.where(${own}${narrowed})`
  return { ...rule, applies: 'true', expr: `${found}.empty()`, params: { path: `${found}.path` } }
}

/** What the form file says of its finding, as a rule: in force where a version does not speak of it. */
function wordOfForm(code: FindingCode): OnFinding {
  const texts = errorTexts(code, {})
  const said = Object.fromEntries(
    languages.map((one) => [one, `${texts[one].replaceAll(/\{\w+\}/g, '…').replace(/\.$/, '')} ({path}).`]),
  )
  return {
    id: idOf(code),
    class: 'meaning',
    severity: 'refuse',
    applies: 'true',
    params: {},
    finding: { code },
    text: said as unknown as Texts,
    explain: 'The form refuses for this, and this version of the pack says nothing else of it.',
  }
}
