import { Beyond, EvaluationError } from './faults.ts'

/**
 * A collection of FHIRPath without the cost of one: nothing is `undefined`, one item is the item itself, and only two or
 * more are a list. An item is never a list, so that the three cannot be confused.
 */
export type Value = Item | readonly Item[] | undefined

export type Item = string | number | boolean | System | PlainObject

export interface PlainObject {
  readonly [field: string]: unknown
}

/** The types of FHIRPath that JSON has no value for. */
export abstract class System {
  abstract toString(): string
}

/** What a field of a JSON object holds, as a collection; null counts as nothing. */
export function valueOf(held: unknown): Value {
  if (held === null || held === undefined) return undefined
  if (!Array.isArray(held)) return held as Item
  // FHIR writes null in a list where a value has only extensions, which lie in a field beside it.
  if (held.includes(null)) throw new Beyond('a list with an empty place')
  return collect(held)
}

/** A list as a collection: flat, without nulls. */
export function collect(list: readonly unknown[]): Value {
  if (list.length === 0) return undefined
  if (list.length === 1) return valueOf(list[0])
  if (list.some((item) => item === null || item === undefined || Array.isArray(item))) {
    const flat = (list as readonly unknown[]).flat(8).filter((item) => item !== null && item !== undefined)
    return flat.length === 0 ? undefined : flat.length === 1 ? (flat[0] as Item) : (flat as Item[])
  }
  return list as readonly Item[]
}

/** A collection as a list. */
export function listOf(value: Value): readonly Item[] {
  return value === undefined ? [] : isList(value) ? value : [value]
}

export function isList(value: Value): value is readonly Item[] {
  return Array.isArray(value)
}

/** The one item where one belongs; nothing stays nothing. */
export function single(value: Value): Item | undefined {
  if (isList(value)) throw new EvaluationError(`one value belongs here, and there are ${value.length}`)
  return value
}

/** FHIRPath 4.5: where a yes or no belongs, one item that is neither counts as yes. */
export function yesNo(value: Value): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  single(value)
  return true
}

export function text(value: Value): string | undefined {
  const item = single(value)
  if (item === undefined || typeof item === 'string') return item
  throw new EvaluationError('a text belongs here')
}

export function numeric(value: Value): number | undefined {
  const item = single(value)
  if (item === undefined || typeof item === 'number') return item
  throw new EvaluationError('a number belongs here')
}

export function wholeNumber(value: Value): number | undefined {
  const item = numeric(value)
  if (item === undefined || Number.isInteger(item)) return item
  throw new EvaluationError('a whole number belongs here')
}
