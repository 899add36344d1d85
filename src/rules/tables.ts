import { join } from 'node:path'
import { loadTables, readTables, shippedTables, type LabTables, type TableTexts } from '../formats/lab/tables.ts'
import { dataFolder } from '../kernel/package-root.ts'
import type { Pack } from './pack.ts'

export const tablesName = 'lab-tables'

// A node meets few; those a version brings go with its files.
const tables = new Map<string, LabTables>()
const brought = new WeakMap<TableTexts, LabTables>()

/** What says which tables a version needs, and brings them where it does. */
interface NeedsTables {
  readonly needs: Pack['needs']
  readonly source: Pick<Pack['source'], 'tables'>
}

/**
 * The tables of codes and units a version of a pack was written for: those in its own folder `tables`, those that come with
 * the package under the version it needs, and the shipped ones when it names none. Throws a `TypeError` with every fault.
 *
 * @example tablesOf(pack).id // 'lab-tables@1.0.0'
 */
export function tablesOf({ needs, source }: NeedsTables): LabTables {
  const need = needs.find(({ name }) => name === tablesName)
  if (need === undefined) return shippedTables()
  if (source.tables != null) {
    const own = brought.get(source.tables) ?? readTables(source.tables, 'tables')
    brought.set(source.tables, own)
    return own
  }
  const place = join(dataFolder, 'tables', need.name, need.version)
  let found = tables.get(place)
  if (found === undefined) tables.set(place, (found = loadTables(place)))
  return found
}

/** What is wrong with the tables of a version, one sentence each: not there, not readable, another version than it needs. */
export function faultsOfTables({ needs, source }: NeedsTables): string[] {
  const need = needs.find(({ name }) => name === tablesName)
  if (need === undefined) return source.tables == null ? [] : [`tables: the pack does not say needs: ${tablesName}`]
  try {
    const { id } = tablesOf({ needs, source })
    const wanted = `${need.name}@${need.version}`
    return id === wanted ? [] : [`tables/table.yaml: is ${id}, and the pack needs ${wanted}`]
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.replace(join(dataFolder, '/'), ''))
  }
}
