import type { FindingCode } from '../formats/eform/findings.ts'
import type { TableTexts } from '../formats/lab/tables.ts'
import type { Service } from '../formats/record.ts'
import type { Fault } from '../kernel/fault.ts'
import type { Texts } from '../kernel/language.ts'
import { checkPack } from './check-pack.ts'
import { compileExpression, type Expression } from './expression.ts'
import { spokenFindings, withFindings, type FindingWord, type SpokenFinding } from './findings.ts'
import { packHash, partHash, ruleHash } from './hash.ts'
import {
  casesFile,
  packFile,
  type CasesFile,
  type PackFile,
  type PackLimits,
  type StreamRuleFile,
} from './pack-file.ts'
import { faultsOfTables, tablesOf } from './tables.ts'
import { packFault, readYaml } from './yaml-file.ts'

/** The files of one version of a pack, as text. */
export interface PackSource {
  readonly pack: string
  /** Null where a pack is only run, such as in a worker: its cases were held when it was loaded. */
  readonly cases: string | null
  readonly notes: string
  /** The tables of codes and units the version brings; without, those of the package under the version it needs. */
  readonly tables?: TableTexts | null
  /** Only these of its rules, by id; null for all. */
  readonly only?: readonly string[] | null
}

/** One rule on a record, ready to be asked. */
export interface RecordRule {
  readonly state: 'record'
  readonly id: string
  readonly class: 'identity' | 'meaning' | 'format'
  readonly severity: FindingWord
  /** The finding it speaks of; null for a rule with an expression of its own. */
  readonly finding: FindingCode | null
  /** No file says it: it is the word of the forms, where the version is silent. */
  readonly ofForm: boolean
  readonly applies: Expression
  readonly expr: Expression
  readonly params: readonly (readonly [name: string, expression: Expression])[]
  readonly text: Texts
  readonly explain: string
  /** Asks for `%swap`: what it says of a result that jumps is settled among the results of other patients. */
  readonly asksSwap: boolean
  /** SHA-256 in hex over what decides its verdict; two versions of a pack share the verdicts of a rule that is the same. */
  readonly hash: string
}

/** A rule on a stream: declared, and asked by nobody yet; feeds are watched by figures of their own. */
export interface StreamRule {
  readonly state: 'stream'
  readonly id: string
  readonly class: 'stream'
  readonly severity: 'flag'
  readonly measures: StreamRuleFile['measures']
  readonly text: Texts
  readonly explain: string
  readonly hash: string
}

export type Rule = RecordRule | StreamRule

/** One version of a set of rules. */
export interface Pack {
  readonly name: string
  readonly version: string
  readonly service: Service
  readonly owner: string
  readonly needs: PackFile['needs']
  readonly limits: PackLimits
  readonly rules: readonly Rule[]
  /** What it says of each finding of the forms; empty for a pack that does not judge them. */
  readonly findings: readonly SpokenFinding[]
  /** SHA-256 in hex over the whole of it. */
  readonly hash: string
  readonly notes: string
  readonly cases: CasesFile | null
  readonly source: PackSource
}

/** How many rules stand in its file; those of the forms it is silent of are not counted. */
export const writtenRules = ({ rules }: Pick<Pack, 'rules'>): number =>
  rules.filter((rule) => rule.state === 'stream' || !rule.ofForm).length

export type PackReading =
  | { readonly state: 'loaded'; readonly pack: Pack }
  | { readonly state: 'refused'; readonly faults: readonly Fault[] }

/**
 * Reads a pack with all its faults at once: broken YAML with its line, fields that do not fit, expressions that are no
 * FHIRPath, names that do not exist, rules without a case that fails and one that passes. Never throws.
 *
 * @example readPack({ pack: 'name: lab-quality\n...', cases: null, notes: '' }).state // 'loaded'
 */
export function readPack(source: PackSource): PackReading {
  const pack = readYaml('pack.yaml', source.pack, packFile)
  const cases = source.cases === null ? null : readYaml('cases.yaml', source.cases, casesFile)
  const faults = [...pack.faults, ...(cases?.faults ?? [])]
  if (pack.data !== null)
    faults.push(
      ...checkPack(pack.data, pack.lineOf, cases?.data ?? null, cases?.lineOf ?? pack.lineOf),
      ...faultsOfTables({ needs: pack.data.needs, source }).map((reason) =>
        packFault('pack-tables', 'pack.yaml', pack.lineOf(['needs']), { reason }, ['needs']),
      ),
    )
  if (pack.data === null || faults.length > 0) return { state: 'refused', faults }
  const { name, version, service, owner, needs, limits } = pack.data
  // Tables of its own count by what they say: the same version with another line judges anew.
  const held = source.tables == null ? null : tablesOf({ needs, source }).hash
  const only = source.only == null ? null : new Set(source.only)
  const whole = packHash(pack.data, held)
  return {
    state: 'loaded',
    pack: {
      name,
      version,
      service: service as Service,
      owner,
      needs,
      limits,
      source,
      rules: withFindings(name, pack.data.rules)
        .filter(({ id }) => only?.has(id) ?? true)
        .map((rule) => compiled(rule, needs, held, !pack.data!.rules.some(({ id }) => id === rule.id))),
      findings: spokenFindings(name, pack.data.rules),
      hash: only === null ? whole : partHash(whole, [...only]),
      notes: source.notes,
      cases: cases?.data ?? null,
    },
  }
}

function compiled(
  rule: PackFile['rules'][number],
  needs: PackFile['needs'],
  tables: string | null,
  ofForm: boolean,
): Rule {
  const { id, text, explain } = rule
  const hash = ruleHash(rule, needs, tables)
  if (rule.class === 'stream') {
    return { state: 'stream', class: 'stream', severity: 'flag', measures: rule.measures, id, text, explain, hash }
  }
  const expr = compileExpression(rule.expr ?? 'true')
  return {
    state: 'record',
    id,
    text,
    explain,
    hash,
    class: rule.class,
    severity: rule.severity,
    finding: rule.finding?.code ?? null,
    ofForm,
    asksSwap: expr.variables?.has('swap') ?? false,
    applies: compileExpression(rule.applies),
    expr,
    params: Object.entries(rule.params).map(([name, expression]) => [name, compileExpression(expression)] as const),
  }
}

/** A pack whose files are not all there. */
export function missingFile(file: string): PackReading {
  return { state: 'refused', faults: [packFault('pack-file-missing', file, 0, {})] }
}
