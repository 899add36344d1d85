import { SluisError } from '../kernel/errors.ts'
import { recordName } from '../kernel/ids.ts'
import type { Params, Texts } from '../kernel/language.ts'
import type { Vault } from '../ledger/vault.ts'
import { markPatients } from '../store/care-dirty.ts'
import { inTransaction, type Database, type Queryable } from '../store/connect.ts'
import { decideOn, endOverrides, type Decision, type OverrideRow } from '../store/overrides.ts'
import { recordsByPlace } from '../store/records.ts'
import {
  withheldLines,
  withheldOfPatient,
  withheldPage,
  type WithheldChoice,
  type WithheldLine,
  type WithheldRecord,
} from '../store/visibility.ts'
import type { RuleSets } from './rule-sets.ts'
import { ruleWords } from './rule-words.ts'

/** What a reader is told in place of results that are withheld. */
export interface ToldWithheld extends WithheldLine {
  readonly version: string | null
  /** Why, in the words of the rule; null where a person withholds. */
  readonly text: Texts | null
}

export interface WithheldDeps {
  readonly db: Queryable
  readonly ruleSets: RuleSets
}

/**
 * What is withheld of one patient, by source and rule: how many, since when, by which activation and why. Empty when nothing
 * is; a reader shows it where the results would stand.
 *
 * @example await withheldFor(deps, patient) // [{ sender: 'Laboratory B', rule: 'unit-not-of-code', count: 3, ... }]
 */
export async function withheldFor(deps: WithheldDeps, patient: Buffer): Promise<ToldWithheld[]> {
  return Promise.all((await withheldOfPatient(deps.db, patient)).map((line) => told(deps, line)))
}

/** What is withheld of everybody, by source and rule, most first. */
export async function withheldByRule(deps: WithheldDeps): Promise<ToldWithheld[]> {
  return Promise.all((await withheldLines(deps.db)).map((line) => told(deps, line)))
}

async function told(deps: WithheldDeps, line: WithheldLine): Promise<ToldWithheld> {
  if (line.setting === null) return { ...line, version: null, text: null }
  const pack = await deps.ruleSets.pack(deps.db, line.setting)
  const rule = pack.rules.find(({ id }) => id === line.rule)
  return { ...line, version: pack.version, text: rule?.text ?? null }
}

/** One record on the worklist, with the name of the record and the sentence of the rule with its values. */
export interface WorklistRecord extends Omit<WithheldRecord, 'evidence' | 'patient'> {
  readonly name: string
  readonly text: Texts | null
}

/** A page of the worklist; `next` is null on the last one. Values of the record stand in the texts: its reading is logged. */
export async function worklist(
  deps: WithheldDeps & { readonly vault: Vault },
  choice: WithheldChoice,
  after: number,
  limit: number,
): Promise<{ records: WorklistRecord[]; next: number | null }> {
  const rows = await withheldPage(deps.db, choice, after, limit)
  const stored = new Map((await recordsByPlace(deps.db, rows)).map((record) => [record.id, record]))
  const records: WorklistRecord[] = []
  for (const { evidence, patient: _, ...row } of rows) {
    const record = stored.get(row.record)
    if (record === undefined) continue
    const name = recordName(record.receipt, record.ordinal)
    const rule =
      row.setting === null
        ? undefined
        : (await deps.ruleSets.pack(deps.db, row.setting)).rules.find(({ id }) => id === row.rule)
    const params =
      evidence === null
        ? {}
        : (JSON.parse(
            deps.vault.unseal(await deps.vault.byId(record.dataKey), evidence, `${name} ${row.rule}`).toString(),
          ) as Params)
    records.push({ ...row, name, text: rule === undefined ? null : ruleWords(rule.text, params) })
  }
  return { records, next: rows.length < limit ? null : rows.at(-1)!.record }
}

/**
 * Releases or confirms withheld records, one or many: what a person decides outranks the packs and outlives their versions.
 * `expected` is what the preview (the worklist) counted; when it is another number now, nothing is decided.
 *
 * Throws `record-not-withheld` and `withheld-choice-changed`.
 */
export async function decide(
  db: Database,
  wish: {
    readonly choice: WithheldChoice
    readonly decision: Decision
    readonly actor: string
    readonly why: string
    readonly expected: number | null
  },
): Promise<readonly OverrideRow[]> {
  return inTransaction(db, async (tx) => {
    const decided = await decideOn(tx, wish.choice, wish.decision, wish.actor, wish.why)
    if (decided.length === 0) throw new SluisError('record-not-withheld')
    if (wish.expected !== null && wish.expected !== decided.length)
      throw new SluisError('withheld-choice-changed', { count: decided.length, expected: wish.expected })
    await markPatients(tx, patientsIn(decided), 'override')
    return decided
  })
}

/** Whose monitors may rest on a record that was decided on. */
const patientsIn = (decided: readonly OverrideRow[]): Buffer[] =>
  decided.flatMap(({ patient }) => (patient === null ? [] : [patient]))

/** Takes decisions back: the packs alone count again. Throws `record-not-withheld` when there was none. */
export async function undecide(
  db: Database,
  records: readonly number[],
  actor: string,
  why: string,
): Promise<readonly OverrideRow[]> {
  return inTransaction(db, async (tx) => {
    const ended = await endOverrides(tx, records, actor, why)
    if (ended.length === 0) throw new SluisError('record-not-withheld')
    await markPatients(tx, patientsIn(ended), 'override')
    return ended
  })
}
