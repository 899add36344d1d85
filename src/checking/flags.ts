import { recordName } from '../kernel/ids.ts'
import type { Params, Texts } from '../kernel/language.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Queryable } from '../store/connect.ts'
import { flagsOf } from '../store/flags.ts'
import { recordsByPlace } from '../store/records.ts'
import type { RuleSets } from './rule-sets.ts'
import { ruleWords } from './rule-words.ts'

/** A remark of a rule on a result that is shown: severity flag, which withholds nothing. */
export interface Flag {
  readonly pack: string
  readonly version: string
  readonly rule: string
  readonly text: Texts
}

export interface FlagDeps {
  readonly db: Queryable
  readonly vault: Vault
  readonly ruleSets: Pick<RuleSets, 'pack'>
}

/**
 * What active rules remark of results, by record, in the words of the rule with the values of the record. Values stand in
 * it: give it only to who may read the result.
 *
 * @example (await flagsFor(deps, versions)).get(17) // [{ pack: 'lab-quality', rule: 'unit-slip', ... }]
 */
export async function flagsFor(
  deps: FlagDeps,
  records: readonly { readonly record: number; readonly receivedAt: Date }[],
): Promise<ReadonlyMap<number, readonly Flag[]>> {
  const rows = await flagsOf(deps.db, records)
  if (rows.length === 0) return new Map()
  const flagged = new Set(rows.map(({ record }) => record))
  const places = records
    .filter(({ record }) => flagged.has(record))
    .map(({ record, receivedAt }) => ({ service: 'lab' as const, record, receivedAt }))
  const stored = new Map((await recordsByPlace(deps.db, places)).map((one) => [one.id, one]))
  const flags = new Map<number, Flag[]>()
  for (const { record, pack, setting, rule, evidence } of rows) {
    const found = stored.get(record)
    const { version, rules } = await deps.ruleSets.pack(deps.db, setting)
    const text = rules.find(({ id }) => id === rule)?.text
    if (found === undefined || text === undefined) continue
    const name = recordName(found.receipt, found.ordinal)
    const params =
      evidence === null
        ? {}
        : (JSON.parse(
            deps.vault.unseal(await deps.vault.byId(found.dataKey), evidence, `${name} ${rule}`).toString(),
          ) as Params)
    const filled = ruleWords(text, params)
    const own = flags.get(record)
    if (own === undefined) flags.set(record, [{ pack, version, rule, text: filled }])
    else own.push({ pack, version, rule, text: filled })
  }
  return flags
}
