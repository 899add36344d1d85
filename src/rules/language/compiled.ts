import type { Item, Value } from './values.ts'
import type { When } from './when.ts'

/** What does not change while one expression is evaluated on one object. */
export interface Env {
  readonly root: Item
  readonly variables: Readonly<Record<string, unknown>>
  readonly now: When
  /** `$index`, of the innermost loop. */
  index: number
}

/** `%ucum` and its like: what every expression may name. */
export const codeSystems: ReadonlyMap<string, string> = new Map([
  ['ucum', 'http://unitsofmeasure.org'],
  ['sct', 'http://snomed.info/sct'],
  ['loinc', 'http://loinc.org'],
])

/** One compiled part of an expression; `self` is `$this`. */
export type Eval = (self: Value, env: Env) => Value

/** How a call becomes a closure: the collection it is called on, its arguments, and the arguments' texts when they are literals. */
export interface Call {
  readonly target: Eval
  readonly args: readonly Eval[]
  /** The literal value of each argument, undefined where it is none. */
  readonly constants: readonly unknown[]
  readonly typeName: string | null
}
