import { equalItems } from './equal.ts'
import { collect, isList, listOf, type Item, type Value } from './values.ts'

/** The items of a collection without the ones that were there before. */
export function distinct(value: Value): Value {
  if (!isList(value)) return value
  const kept: Item[] = []
  for (const item of value) if (!has(kept, item)) kept.push(item)
  return collect(kept)
}

export function has(list: readonly Item[], wanted: Item): boolean {
  return list.some((item) => equalItems(item, wanted) === true)
}

export function isSubset(part: Value, whole: Value): boolean {
  const all = listOf(whole)
  return listOf(part).every((item) => has(all, item))
}
