import type { LabTables } from './tables.ts'

/** What one version of the tables changes beside another: lines such as `labo-noord GLUC2 = 14771-0`. */
export interface TablesDiff {
  readonly from: string
  readonly to: string
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

/**
 * The lines in which two versions of the tables differ; null when they say the same.
 *
 * @example diffTables(before, after)?.added // ['labo-noord GLUC2 = 14771-0']
 */
export function diffTables(before: LabTables, after: LabTables): TablesDiff | null {
  if (before.hash === after.hash) return null
  const [had, has] = [before.lines, after.lines]
  const said = ([line, value]: readonly [string, string]): string => `${line} = ${value}`
  return {
    from: before.id,
    to: after.id,
    added: [...has].filter(([line]) => !had.has(line)).map(said),
    changed: [...has].filter(([line, value]) => had.has(line) && had.get(line) !== value).map(said),
    removed: [...had].filter(([line]) => !has.has(line)).map(said),
  }
}
