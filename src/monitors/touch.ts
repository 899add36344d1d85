import type { MonitorDefinition } from './definition.ts'
import { perDefinition } from './per-definition.ts'
import { groupsOf, itemsTouchedBy } from './value.ts'

/** One item of one monitor. */
export interface TouchedItem {
  readonly monitor: string
  readonly item: string
}

/** Which items a result with a code can change, by code. */
export type TouchIndex = ReadonlyMap<string, readonly TouchedItem[]>

/**
 * Turns definitions around, all versions of a monitor together, so that a result finds the items it touches without asking
 * every definition.
 *
 * @example touchIndex(loadMonitors()).get('loinc:59261-8') // [{ monitor: 'diabetes-cvrm', item: 'hba1c' }]
 */
export function touchIndex(definitions: readonly MonitorDefinition[]): TouchIndex {
  const index = new Map<string, TouchedItem[]>()
  for (const definition of definitions) {
    for (const code of new Set(Object.values(definition.groups).flatMap(({ codes }) => codes))) {
      const known = index.get(code) ?? []
      index.set(code, known)
      for (const item of groupsOf(definition, [code]).flatMap((group) => itemsTouchedBy(definition, group))) {
        if (!known.some((one) => one.monitor === definition.name && one.item === item))
          known.push({ monitor: definition.name, item })
      }
    }
  }
  return index
}

/** The items that a result with these codes touches, each once. */
export function touchedBy(index: TouchIndex, codes: readonly string[]): readonly TouchedItem[] {
  const [first = '', ...others] = codes
  const found = index.get(first) ?? []
  if (others.length === 0) return found
  const all = new Map(found.map((one) => [`${one.monitor} ${one.item}`, one]))
  for (const code of others) for (const one of index.get(code) ?? []) all.set(`${one.monitor} ${one.item}`, one)
  return [...all.values()]
}

/** Every code that can decide an item, by its id: those of its own group and of all that steer it. */
export const codesDeciding = perDefinition((definition, item: string): readonly string[] =>
  Object.entries(definition.groups)
    .filter(([group]) => itemsTouchedBy(definition, group).includes(item))
    .flatMap(([, { codes }]) => codes),
)
