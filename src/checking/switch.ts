import { SluisError } from '../kernel/errors.ts'
import {
  activationsOfPacks,
  activeRules,
  holdPacks,
  insertActivation,
  replaceActiveRules,
  sendersNamed,
  type ActivationRow,
  type ActiveRule,
  type NewActivation,
} from '../store/activations.ts'
import { insertTablesChange } from '../store/tables-changes.ts'
import { countingTables, tablesChanged, type CountingTables } from '../ledger/tables.ts'
import { findingsPack } from '../rules/findings.ts'
import { tablesName, tablesOf } from '../rules/tables.ts'
import { inTransaction, type Database, type Queryable } from '../store/connect.ts'
import type { RuleSets } from './rule-sets.ts'
import { standing, type Counting, type PackStanding } from './standing.ts'

export interface SwitchDeps {
  readonly db: Database
  readonly ruleSets: RuleSets
}

/** What is decided of a pack, from how it stands at the moment of the decision. */
export type Decide = (stands: PackStanding, rows: readonly ActivationRow[]) => Promise<readonly NewActivation[]>

const nothing = (pack: string): PackStanding => ({
  pack,
  active: null,
  exceptions: new Map(),
  shadows: new Set(),
  former: null,
})

/**
 * Changes what counts of a pack: appends activations and writes its active rules anew, in one transaction that no batch of
 * checks overlaps. Where other tables come to count with it, that is noted for whoever keeps the index of results. Costs as
 * much as the pack has rules, however many records it withholds. Returns the activations' numbers. `andThen` is done with
 * it, or neither is; everybody waits for it.
 */
export async function switchPack(
  deps: SwitchDeps,
  pack: string,
  decide: Decide,
  andThen: (tx: Queryable) => Promise<void> = () => Promise.resolve(),
): Promise<number[]> {
  return inTransaction(deps.db, async (tx) => {
    await holdPacks(tx, 'alone')
    const rows = await activationsOfPacks(tx, pack)
    const ids: number[] = []
    for (const row of await decide(standing(rows).get(pack) ?? nothing(pack), rows)) {
      ids.push(await insertActivation(tx, row))
    }
    const last = ids.at(-1)
    if (last === undefined) return ids
    const stepped = await activationsOfPacks(tx, pack)
    const stands = standing(stepped).get(pack) ?? nothing(pack)
    if (pack === findingsPack && stands.active === null && standing(rows).get(pack)?.active != null)
      throw new SluisError('pack-findings-unjudged', { pack })
    const before = stepped[0]?.service === 'lab' ? await tablesNow(deps.ruleSets, tx) : null
    await replaceActiveRules(tx, pack, last, await activeRulesOf(deps.ruleSets, tx, stands))
    if (before !== null) await insertTablesChange(tx, last, tablesChanged(before, await tablesNow(deps.ruleSets, tx)))
    await andThen(tx)
    return ids
  })
}

/**
 * Writes the active rules of a pack anew where this version of the hub sees others in the same files: a pack that was
 * activated before findings were rules has them from now on.
 */
export async function renewActiveRules({ db, ruleSets }: SwitchDeps, pack: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await holdPacks(tx, 'alone')
    const rows = await activationsOfPacks(tx, pack)
    const last = rows.at(-1)
    if (last === undefined) return
    const wanted = await activeRulesOf(ruleSets, tx, standing(rows).get(pack) ?? nothing(pack))
    const there = (await activeRules(tx)).filter((rule) => rule.pack === pack)
    const keys = (rules: readonly ActiveRule[]): string =>
      rules
        .map((r) => `${r.ruleHash.toString('hex')} ${r.senderId} ${r.exceptSenders.join(' ')} ${r.refuses}`)
        .toSorted()
        .join(', ')
    if (keys(wanted) !== keys(there)) await replaceActiveRules(tx, pack, last.id, wanted)
  })
}

async function tablesNow(ruleSets: RuleSets, tx: Queryable): Promise<CountingTables> {
  return countingTables(tx, async (settings) => {
    const found = new Map<number, ReturnType<typeof tablesOf> | null>()
    for (const setting of settings) {
      const pack = await ruleSets.pack(tx, setting)
      found.set(setting, pack.needs.some(({ name }) => name === tablesName) ? tablesOf(pack) : null)
    }
    return found
  })
}

/** Every rule that counts under a standing, with the senders it counts for. */
export async function activeRulesOf(ruleSets: RuleSets, tx: Queryable, stands: PackStanding): Promise<ActiveRule[]> {
  const sources = [...stands.exceptions.keys()]
  const senders = await sendersNamed(tx, sources)
  const lost = sources.find((source) => !senders.has(source))
  if (lost !== undefined) throw new SluisError('pack-source-unknown', { source: lost })
  const rules: ActiveRule[] = []
  const add = async (counting: Counting, senderId: number, exceptSenders: readonly number[]): Promise<void> => {
    for (const rule of (await ruleSets.pack(tx, counting.setting)).rules) {
      if (rule.state !== 'record') continue
      rules.push({
        ruleHash: Buffer.from(rule.hash, 'hex'),
        rule: rule.id,
        senderId,
        exceptSenders,
        setting: counting.setting,
        activation: counting.activation,
        since: counting.since,
        refuses: rule.severity === 'refuse',
      })
    }
  }
  if (stands.active !== null) await add(stands.active, 0, [...senders.values()])
  for (const [source, counting] of stands.exceptions) await add(counting, senders.get(source)!, [])
  return rules
}
