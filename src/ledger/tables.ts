import { shippedTables, type LabTables } from '../formats/lab/tables.ts'
import { packFile } from '../rules/pack-file.ts'
import { tablesName, tablesOf } from '../rules/tables.ts'
import { readYaml } from '../rules/yaml-file.ts'
import { lastActivation } from '../store/activations.ts'
import type { Queryable } from '../store/connect.ts'
import type { PackBody } from '../store/packs.ts'
import { countingVersions, packBodies, type TablesChange } from '../store/tables-changes.ts'

/** The tables of codes and units that count for each sender at one moment. */
export interface CountingTables {
  of(senderId: number): LabTables
  /** Senders for which something else may count than for all others. */
  readonly named: readonly number[]
}

/** Gives the tables that count as a connection or transaction sees them: never older than an activation it sees. */
export type TablesFor = (db: Queryable) => Promise<CountingTables>

/**
 * Follows which tables count: those that the version of a laboratory pack needs which counts for the sender, so that one
 * activation, canary or revert carries rules and tables together. Where several packs need tables, the first by name decides;
 * where none does, the tables of the package count. Read anew only after an activation.
 *
 * @example const { of } = await tablesFor(db); of(senderId).id // 'lab-tables@1.1.0'
 */
export function makeTablesFor(): TablesFor {
  const bySetting = new Map<number, LabTables | null>()
  let known: { readonly last: number; readonly tables: CountingTables } | undefined
  return async (db) => {
    const last = await lastActivation(db)
    if (known?.last === last) return known.tables
    const tables = await countingTables(db, async (settings) => {
      const unread = settings.filter((setting) => !bySetting.has(setting))
      for (const [setting, body] of await packBodies(db, unread)) bySetting.set(setting, tablesIn(body))
      return bySetting
    })
    known = { last, tables }
    return tables
  }
}

/** The tables of versions by their number; null for one that needs none. */
type BySetting = (settings: readonly number[]) => Promise<ReadonlyMap<number, LabTables | null>>

/** The tables that count now, read anew. */
export async function countingTables(db: Queryable, tablesBySetting: BySetting): Promise<CountingTables> {
  const versions = await countingVersions(db, 'lab')
  const bySetting = await tablesBySetting([...new Set(versions.map(({ setting }) => setting))])
  const bringing = versions.flatMap((one) => {
    const tables = bySetting.get(one.setting)
    return tables == null ? [] : [{ ...one, tables }]
  })
  const of = (senderId: number): LabTables =>
    bringing.find((one) => (one.senderId === 0 ? !one.exceptSenders.includes(senderId) : one.senderId === senderId))
      ?.tables ?? shippedTables()
  const named = new Set(versions.flatMap((one) => [one.senderId, ...one.exceptSenders]))
  named.delete(everybody)
  return { of, named: [...named] }
}

/**
 * The tables that would count if a version did, for everybody; null when they are those that count already, or it needs none.
 */
export async function tablesTried(db: Queryable, counting: CountingTables, setting: number): Promise<LabTables | null> {
  const body = (await packBodies(db, [setting])).get(setting)
  const tried = body === undefined ? null : tablesIn(body)
  if (tried === null) return null
  const differs = [everybody, ...counting.named].some((senderId) => counting.of(senderId).hash !== tried.hash)
  return differs ? tried : null
}

/** The tables a stored version needs; null where it needs none. Its rules are not compiled for this. */
export function tablesIn(body: PackBody): LabTables | null {
  if (body.service !== 'lab') return null
  const needs = readYaml('pack.yaml', body.pack, packFile).data?.needs ?? []
  return needs.some(({ name }) => name === tablesName) ? tablesOf({ needs, source: body }) : null
}

const everybody = 0

/** For whom other tables count than before. */
export function tablesChanged(before: CountingTables, after: CountingTables): TablesChange[] {
  const differs = (senderId: number): boolean => before.of(senderId).hash !== after.of(senderId).hash
  const named = [...new Set([...before.named, ...after.named])]
  const changes = named.filter(differs).map((senderId): TablesChange => ({ senderId, exceptSenders: [] }))
  return differs(everybody) ? [{ senderId: everybody, exceptSenders: named }, ...changes] : changes
}
