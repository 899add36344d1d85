import type { Fault } from '../kernel/fault.ts'
import { languages } from '../kernel/language.ts'
import { compileExpression } from './expression.ts'
import { faultsOfFindings, withFindings } from './findings.ts'
import { EvaluationError, SyntaxFault } from './language/faults.ts'
import type { CasesFile, PackFile, RecordRuleFile } from './pack-file.ts'
import { variableNames } from './subject.ts'
import { packFault } from './yaml-file.ts'

type LineOf = (path: readonly (string | number)[]) => number
type Place = readonly (string | number)[]

/** What no schema sees: rules named twice, expressions that are none, texts that ask for what is not given, missing cases. */
export function checkPack(pack: PackFile, lineOf: LineOf, cases: CasesFile | null, caseLineOf: LineOf): Fault[] {
  const seen = new Set<string>()
  const wrongFindings = faultsOfFindings(pack.name, pack.rules).map(({ at, reason }) =>
    packFault('pack-finding', 'pack.yaml', lineOf(['rules', at]), { rule: pack.rules[at]!.id, reason }, ['rules', at]),
  )
  if (wrongFindings.length > 0) return wrongFindings
  // Those that a version says nothing of come last, without a place in its file.
  const asked = withFindings(pack.name, pack.rules).slice(0, pack.rules.length)
  const faults = asked.flatMap((rule, at) => {
    const place: Place = ['rules', at]
    const twice = seen.has(rule.id)
      ? [packFault('pack-rule-twice', 'pack.yaml', lineOf([...place, 'id']), { rule: rule.id }, place)]
      : []
    seen.add(rule.id)
    return rule.class === 'stream' ? twice : [...twice, ...checkRule(rule, place, lineOf)]
  })
  return cases === null ? faults : [...faults, ...checkCases(pack, cases, caseLineOf)]
}

function checkRule(rule: RecordRuleFile, place: Place, lineOf: LineOf): Fault[] {
  const expressions: [path: string, steps: Place, text: string][] = [
    ['applies', ['applies'], rule.applies],
    ['expr', ['expr'], rule.expr ?? 'true'],
    ...Object.entries(rule.params).map(([name, text]): [string, Place, string] => [
      `params.${name}`,
      ['params', name],
      text,
    ]),
  ]
  return [
    ...expressions.flatMap(([path, steps, text]) => {
      const at = [...place, ...steps]
      return checkExpression(text).map(({ code, params }) =>
        packFault(code, 'pack.yaml', lineOf(at), { rule: rule.id, path, ...params }, at),
      )
    }),
    ...checkTexts(rule, place, lineOf),
  ]
}

type Finding = Pick<Fault, 'code' | 'params'>

function checkExpression(text: string): Finding[] {
  try {
    const { variables } = compileExpression(text)
    return [...(variables ?? [])]
      .filter((name) => !variableNames.has(name))
      .map((name): Finding => ({ code: 'pack-variable-unknown', params: { name } }))
  } catch (error) {
    if (error instanceof SyntaxFault)
      return [{ code: 'pack-expression', params: { at: error.at, reason: error.message } }]
    if (error instanceof EvaluationError) return [{ code: 'pack-expression', params: { at: 0, reason: error.message } }]
    throw error
  }
}

function checkTexts(rule: RecordRuleFile, place: Place, lineOf: LineOf): Fault[] {
  const asked = new Set(
    languages.flatMap((language) => [...rule.text[language].matchAll(/\{(\w+)\}/g)].map((m) => m[1]!)),
  )
  return [...asked]
    .filter((name) => !Object.hasOwn(rule.params, name))
    .map((name) =>
      packFault('pack-text-parameter', 'pack.yaml', lineOf([...place, 'text']), { rule: rule.id, name }, place),
    )
}

function checkCases(pack: PackFile, { cases }: CasesFile, lineOf: LineOf): Fault[] {
  const rules = new Map(pack.rules.map((rule) => [rule.id, rule]))
  const strangers = cases.flatMap(({ rule }, at) =>
    rules.get(rule)?.class !== undefined && rules.get(rule)?.class !== 'stream'
      ? []
      : [packFault('pack-case-rule-unknown', 'cases.yaml', lineOf(['cases', at, 'rule']), { rule }, ['cases', at])],
  )
  const bare = pack.rules
    .filter((rule) => rule.class !== 'stream')
    .flatMap((rule) =>
      [rule.severity, 'pass']
        .filter((outcome) => !cases.some((one) => one.rule === rule.id && one.gives === outcome))
        .map((outcome) => packFault('pack-case-missing', 'cases.yaml', 0, { rule: rule.id, outcome })),
    )
  return [...strangers, ...bare]
}
