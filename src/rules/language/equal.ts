import { Amount, compareAmounts } from './amount.ts'
import { Beyond, EvaluationError } from './faults.ts'
import { isList, single, System, type Item, type PlainObject, type Value } from './values.ts'
import { compareWhen, When } from './when.ts'

/** `=` of two collections, in order; undefined when one is empty or two dates are known differently far (FHIRPath 6.1.1). */
export function equal(a: Value, b: Value): boolean | undefined {
  if (a === undefined || b === undefined) return undefined
  if (!isList(a) && !isList(b)) return equalItems(a, b)
  if (!isList(a) || !isList(b) || a.length !== b.length) return false
  return a.every((item, at) => equalItems(item, b[at]!) === true)
}

export function equalItems(a: Item, b: Item): boolean | undefined {
  if (a === b) return true
  if (typeof a === 'number' && typeof b === 'number') return isNear(a, b)
  if (typeof a !== 'object' || typeof b !== 'object') {
    if ((a instanceof Amount && typeof b === 'number') || (b instanceof Amount && typeof a === 'number')) {
      throw new Beyond('a number beside a quantity')
    }
    return false
  }
  if (a instanceof System || b instanceof System) return equalSystem(a, b)
  return equalObjects(a, b)
}

function equalSystem(a: Item, b: Item): boolean | undefined {
  if (a instanceof When && b instanceof When) {
    const order = compareWhen(a, b)
    return order === undefined ? undefined : order === 0
  }
  if (a instanceof Amount && b instanceof Amount) return isNear(0, compareAmounts(a, b))
  return false
}

function equalObjects(a: PlainObject, b: PlainObject): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => {
    if (!Object.hasOwn(b, name)) return false
    const [left, right] = [a[name], b[name]]
    if (left === right) return true
    if (Array.isArray(left) || Array.isArray(right)) {
      if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
      return left.every((item, at) => equalHeld(item, (right as readonly unknown[])[at]))
    }
    return equalHeld(left, right)
  })
}

function equalHeld(a: unknown, b: unknown): boolean {
  if (a === null || b === null || a === undefined || b === undefined) return a === b
  return equalItems(a as Item, b as Item) === true
}

/** Numbers are the same when they are so to eight places, the precision FHIRPath promises (4.1.4). */
export function isNear(a: number, b: number): boolean {
  if (a === b) return true
  return Math.abs(a - b) < 1e-8 && Math.round(a / 1e-8) === Math.round(b / 1e-8)
}

/** `~`: the same for a reader. Case and kind of white space do not count, nor the order (FHIRPath 6.1.2). */
export function equivalent(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined) return a === b
  if (isList(a) || isList(b)) throw new Beyond('equivalence of lists')
  if (typeof a === 'string' && typeof b === 'string') return plain(a) === plain(b)
  if (typeof a === 'number' && typeof b === 'number' && Number.isInteger(a) && Number.isInteger(b)) return a === b
  if (typeof a === 'boolean' && typeof b === 'boolean') return a === b
  if (a instanceof When && b instanceof When) return a.precision === b.precision && compareWhen(a, b) === 0
  throw new Beyond('equivalence of these types')
}

function plain(text: string): string {
  return text.toUpperCase().replace(/\p{White_Space}/gu, ' ')
}

/** Which comes first: negative, zero, positive; undefined when it cannot be told (FHIRPath 6.2). */
export function compare(a: Value, b: Value): number | undefined {
  const left = single(a)
  const right = single(b)
  if (left === undefined || right === undefined) return undefined
  if (typeof left === 'number' && typeof right === 'number') return isNear(left, right) ? 0 : left - right
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  if (left instanceof When && right instanceof When) return compareWhen(left, right)
  if (left instanceof Amount && right instanceof Amount) return compareAmounts(left, right)
  if (left instanceof Amount || right instanceof Amount) throw new Beyond('a quantity beside something else')
  if (typeof left === typeof right && typeof left !== 'object') throw new Beyond('an order of yes and no')
  throw new EvaluationError(`${typeof left} and ${typeof right} have no order`)
}
