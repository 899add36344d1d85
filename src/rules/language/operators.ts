import { Amount } from './amount.ts'
import type { Eval } from './compiled.ts'
import { compare, equal, equalItems, equivalent, isNear } from './equal.ts'
import { Beyond, EvaluationError } from './faults.ts'
import { distinct } from './lists.ts'
import { collect, isList, listOf, numeric, single, text, yesNo, type Value } from './values.ts'
import { When } from './when.ts'

type Operator = (left: Eval, right: Eval) => Eval

/** Both sides are worked out, then put together. */
const both =
  (put: (a: Value, b: Value) => Value): Operator =>
  (left, right) =>
  (self, env) =>
    put(left(self, env), right(self, env))

/** The operators of FHIRPath N1 section 6, by their sign. */
export const operators: Readonly<Record<string, Operator>> = {
  '=': both(equal),
  '!=': both((a, b) => opposite(equal(a, b))),
  '~': both(equivalent),
  '!~': both((a, b) => !equivalent(a, b)),
  '<': both((a, b) => decided(compare(a, b), (order) => order < 0)),
  '>': both((a, b) => decided(compare(a, b), (order) => order > 0)),
  '<=': both((a, b) => decided(compare(a, b), (order) => order <= 0)),
  '>=': both((a, b) => decided(compare(a, b), (order) => order >= 0)),
  in: both((a, b) => isIn(a, b)),
  contains: both((a, b) => isIn(b, a)),
  '|': both((a, b) => distinct(collect([...listOf(a), ...listOf(b)]))),
  '+': both(plus),
  '-': both(minus),
  '*': both((a, b) => onNumbers(a, b, (x, y) => x * y)),
  '/': both((a, b) => onNumbers(a, b, (x, y) => (y === 0 ? undefined : x / y))),
  div: both((a, b) => onNumbers(a, b, (x, y) => (isNear(y, 0) ? undefined : Math.trunc(x / y)))),
  mod: both((a, b) => onNumbers(a, b, (x, y) => (isNear(y, 0) ? undefined : x % y))),
  '&': both((a, b) => (text(a) ?? '') + (text(b) ?? '')),
  // The second side is only looked at when the first does not decide; with nothing on one side the other may still decide.
  and: (left, right) => (self, env) => {
    const a = yesNo(left(self, env))
    if (a === false) return false
    const b = yesNo(right(self, env))
    return b === false ? false : a === true ? b : undefined
  },
  or: (left, right) => (self, env) => {
    const a = yesNo(left(self, env))
    if (a === true) return true
    const b = yesNo(right(self, env))
    return b === true ? true : a === false ? b : undefined
  },
  xor: both((a, b) => {
    const [first, second] = [yesNo(a), yesNo(b)]
    return first === undefined || second === undefined ? undefined : first !== second
  }),
  implies: (left, right) => (self, env) => {
    const a = yesNo(left(self, env))
    if (a === false) return true
    const b = yesNo(right(self, env))
    return b === true ? true : a === true ? b : undefined
  },
}

function opposite(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer
}

function decided(order: number | undefined, is: (order: number) => boolean): boolean | undefined {
  return order === undefined ? undefined : is(order)
}

function isIn(item: Value, list: Value): boolean | undefined {
  const wanted = single(item)
  if (wanted === undefined) return undefined
  if (list === undefined) return false
  return isList(list) ? list.some((each) => equalItems(each, wanted) === true) : equalItems(list, wanted) === true
}

function plus(a: Value, b: Value): Value {
  if (a === undefined || b === undefined) return undefined
  const [left, right] = [single(a), single(b)]
  if (typeof left === 'number' && typeof right === 'number') return left + right
  if (typeof left === 'string' && typeof right === 'string') return left + right
  if (left instanceof When && right instanceof Amount) return left.plus(right)
  throw beyondOrFault(left, right)
}

function minus(a: Value, b: Value): Value {
  if (a === undefined || b === undefined) return undefined
  const [left, right] = [single(a), single(b)]
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (left instanceof When && right instanceof Amount) return left.plus(right.negative())
  throw beyondOrFault(left, right)
}

function beyondOrFault(left: unknown, right: unknown): Error {
  if (left instanceof Amount || right instanceof Amount) return new Beyond('arithmetic of quantities')
  return new EvaluationError(`${typeof left} and ${typeof right} cannot be added`)
}

function onNumbers(a: Value, b: Value, put: (x: number, y: number) => number | undefined): Value {
  if (a === undefined || b === undefined) return undefined
  if (a instanceof Amount || b instanceof Amount) throw new Beyond('arithmetic of quantities')
  return put(numeric(a)!, numeric(b)!)
}
