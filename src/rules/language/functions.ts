import type { Call, Env, Eval } from './compiled.ts'
import { Beyond } from './faults.ts'
import { distinct, has, isSubset } from './lists.ts'
import { collect, isList, listOf, single, wholeNumber, yesNo, type Item, type Value } from './values.ts'
import { isOfType } from './system-types.ts'

/** A function of FHIRPath: how many arguments it takes, and how a call of it is compiled. */
export interface FunctionRow {
  readonly from: number
  readonly to: number
  readonly compile: (call: Call) => Eval
}

/** A function of the collection alone. */
export function plainly(does: (input: Value) => Value): FunctionRow {
  return {
    from: 0,
    to: 0,
    compile:
      ({ target }) =>
      (self, env) =>
        does(target(self, env)),
  }
}

/** A function of the collection and arguments that are looked up from where the expression stands, not from the collection. */
export function withArgs(from: number, to: number, does: (input: Value, args: readonly Value[]) => Value): FunctionRow {
  return {
    from,
    to,
    compile:
      ({ target, args }) =>
      (self, env) => {
        const input = target(self, env)
        return does(
          input,
          args.map((arg) => arg(self, env)),
        )
      },
  }
}

/** A function that works its argument out for each item. */
function overItems(compile: (target: Eval, each: Eval) => Eval): FunctionRow {
  return { from: 1, to: 1, compile: ({ target, args }) => compile(target, args[0]!) }
}

const exists: FunctionRow = {
  from: 0,
  to: 1,
  compile: ({ target, args: [each] }) =>
    each === undefined
      ? (self, env) => target(self, env) !== undefined
      : (self, env) => filter(target(self, env), each, env) !== undefined,
}

const iif: FunctionRow = {
  from: 2,
  to: 3,
  compile:
    ({ target, args: [condition, yes, no] }) =>
    (self, env) => {
      const input = target(self, env)
      const answer = condition!(input, env)
      if (isList(answer)) throw new Beyond('a condition of several answers')
      return answer === true ? yes!(input, env) : no?.(input, env)
    },
}

const ofType: FunctionRow = {
  from: 1,
  to: 1,
  compile: ({ target, typeName }) => {
    const is = isOfType(typeName)
    return (self, env) => collect(listOf(target(self, env)).filter(is))
  },
}

/** The functions of FHIRPath N1 sections 5.1 to 5.4 on collections. */
export const collectionFunctions: Readonly<Record<string, FunctionRow>> = {
  exists,
  iif,
  ofType,
  empty: plainly((input) => input === undefined),
  not: plainly((input) => {
    const answer = yesNo(input)
    return answer === undefined ? undefined : !answer
  }),
  count: plainly((input) => (input === undefined ? 0 : isList(input) ? input.length : 1)),
  where: overItems((target, each) => (self, env) => filter(target(self, env), each, env)),
  select: overItems((target, each) => (self, env) => {
    const input = target(self, env)
    if (input === undefined) return undefined
    return collect(eachOf(input, env, (item) => listOf(each(item, env))).flat())
  }),
  all: overItems((target, each) => (self, env) => {
    const input = target(self, env)
    if (input === undefined) return true
    return eachOf(input, env, (item) => isYes(each(item, env))).every(Boolean)
  }),
  first: plainly((input) => (isList(input) ? input[0] : input)),
  last: plainly((input) => (isList(input) ? input.at(-1) : input)),
  tail: plainly((input) => collect(listOf(input).slice(1))),
  single: plainly(single),
  skip: withArgs(1, 1, (input, [count]) => collect(listOf(input).slice(Math.max(0, wholeNumber(count) ?? 0)))),
  take: withArgs(1, 1, (input, [count]) => collect(listOf(input).slice(0, Math.max(0, wholeNumber(count) ?? 0)))),
  distinct: plainly(distinct),
  isDistinct: plainly((input) => listOf(distinct(input)).length === listOf(input).length),
  union: withArgs(1, 1, (input, [other]) => distinct(collect([...listOf(input), ...listOf(other)]))),
  combine: withArgs(1, 1, (input, [other]) => collect([...listOf(input), ...listOf(other)])),
  intersect: withArgs(1, 1, (input, [other]) => {
    const others = listOf(other)
    return collect(listOf(distinct(input)).filter((item) => has(others, item)))
  }),
  exclude: withArgs(1, 1, (input, [other]) => {
    const others = listOf(other)
    return collect(listOf(input).filter((item) => !has(others, item)))
  }),
  subsetOf: withArgs(1, 1, (input, [other]) => isSubset(input, other)),
  supersetOf: withArgs(1, 1, (input, [other]) => isSubset(other, input)),
  allTrue: plainly((input) => booleans(input).every((item) => item)),
  anyTrue: plainly((input) => booleans(input).some((item) => item)),
  allFalse: plainly((input) => booleans(input).every((item) => !item)),
  anyFalse: plainly((input) => booleans(input).some((item) => !item)),
}

function filter(input: Value, each: Eval, env: Env): Value {
  if (input === undefined) return undefined
  const answers = eachOf(input, env, (item) => (isYes(each(item, env)) ? item : undefined))
  return collect(answers.filter((item) => item !== undefined))
}

/** Visits every item with `$index` set, and sets it back: a loop may stand in another. */
function eachOf<Made>(input: Item | readonly Item[], env: Env, visit: (item: Item) => Made): Made[] {
  const before = env.index
  const made: Made[] = []
  let at = 0
  for (const item of isList(input) ? input : [input]) {
    env.index = at++
    made.push(visit(item))
  }
  env.index = before
  return made
}

function isYes(answer: Value): boolean {
  if (answer === true || answer === undefined || answer === false) return answer === true
  throw new Beyond('a criterion that is no yes or no')
}

function booleans(input: Value): readonly boolean[] {
  return listOf(input).map((item) => {
    if (typeof item === 'boolean') return item
    throw new Beyond('a list that is not of yes and no')
  })
}
