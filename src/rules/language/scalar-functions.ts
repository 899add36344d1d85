import { EvaluationError } from './faults.ts'
import { plainly, withArgs, type FunctionRow } from './functions.ts'
import { Amount } from './amount.ts'
import { Beyond } from './faults.ts'
import { collect, isList, listOf, numeric, single, System, text, wholeNumber, type Value } from './values.ts'
import { When } from './when.ts'

/** `x.startsWith(y)` and its like: nothing on either side gives nothing. */
const onTexts = (does: (input: string, argument: string) => Value): FunctionRow =>
  withArgs(1, 1, (input, [argument]) => {
    const a = text(input)
    const b = text(argument)
    return a === undefined || b === undefined ? undefined : does(a, b)
  })

const onText = (does: (input: string) => Value): FunctionRow =>
  plainly((input) => {
    const found = text(input)
    return found === undefined ? undefined : does(found)
  })

const onNumber = (does: (input: number) => number | undefined): FunctionRow =>
  plainly((input) => {
    if (input instanceof Amount) throw new Beyond('arithmetic of quantities')
    const found = numeric(input)
    return found === undefined ? undefined : does(found)
  })

/** A pattern that is written out is compiled once, and a pattern that is none is told when the pack is loaded. */
const matching = (whole: boolean): FunctionRow => ({
  from: 1,
  to: 1,
  compile: ({ target, args: [pattern], constants: [constant] }) => {
    const ready = typeof constant === 'string' ? patternOf(constant, whole) : null
    return (self, env) => {
      const input = text(target(self, env))
      const wanted = ready === null ? text(pattern!(self, env)) : ''
      if (input === undefined || wanted === undefined) return undefined
      return (ready ?? patternOf(wanted, whole)).test(input)
    }
  },
})

function patternOf(source: string, whole: boolean): RegExp {
  try {
    return new RegExp(whole ? `^(?:${source})$` : source, 'us')
  } catch (cause) {
    throw new EvaluationError('the pattern is no regular expression', { cause })
  }
}

/** The functions of FHIRPath N1 sections 5.5 to 5.7 and 5.9 on single values. */
export const scalarFunctions: Readonly<Record<string, FunctionRow>> = {
  matches: matching(false),
  matchesFull: matching(true),
  startsWith: onTexts((input, start) => input.startsWith(start)),
  endsWith: onTexts((input, end) => input.endsWith(end)),
  contains: onTexts((input, part) => input.includes(part)),
  indexOf: onTexts((input, part) => input.indexOf(part)),
  split: onTexts((input, separator) => collect(input.split(separator))),
  length: onText((input) => input.length),
  upper: onText((input) => input.toUpperCase()),
  lower: onText((input) => input.toLowerCase()),
  trim: onText((input) => input.trim()),
  toChars: onText((input) => collect(input.split(''))),
  substring: withArgs(1, 2, (input, [start, length]) => {
    const [found, from, count] = [text(input), wholeNumber(start), wholeNumber(length)]
    if (found === undefined || from === undefined || from < 0 || from >= found.length) return undefined
    return count === undefined ? found.substring(from) : found.substring(from, from + count)
  }),
  join: withArgs(0, 1, (input, [separator]) => {
    const texts = listOf(input).map((item) => text(item)!)
    return texts.length === 0 ? undefined : texts.join(text(separator) ?? '')
  }),
  abs: onNumber(Math.abs),
  floor: onNumber(Math.floor),
  ceiling: onNumber(Math.ceil),
  truncate: onNumber(Math.trunc),
  sqrt: onNumber((input) => (input < 0 ? undefined : Math.sqrt(input))),
  round: withArgs(0, 1, (input, [places]) => {
    if (input instanceof Amount) throw new Beyond('arithmetic of quantities')
    const found = numeric(input)
    const scale = 10 ** (wholeNumber(places) ?? 0)
    return found === undefined ? undefined : Math.round(found * scale) / scale
  }),
  toDecimal: plainly((input) => toNumber(input, /^[+-]?\d+(?:\.\d+)?$/)),
  toInteger: plainly((input) => {
    const found = toNumber(input, /^[+-]?\d+$/)
    return found === undefined || Number.isInteger(found) ? found : undefined
  }),
  toString: plainly((input) => {
    const item = single(input)
    if (item === undefined || typeof item === 'string') return item
    if (typeof item === 'object' && !(item instanceof System)) throw new Beyond('an object as text')
    return item.toString()
  }),
  toDateTime: plainly((input) => toWhen(input, 'dateTime')),
  toDate: plainly((input) => toWhen(input, 'date')),
  hasValue: plainly((input) => input !== undefined && !isList(input) && typeof input !== 'object'),
}

function toNumber(input: Value, shape: RegExp): number | undefined {
  const item = single(input)
  if (typeof item === 'number') return item
  if (typeof item === 'boolean') return item ? 1 : 0
  return typeof item === 'string' && shape.test(item) ? Number(item) : undefined
}

function toWhen(input: Value, kind: 'date' | 'dateTime'): Value {
  const item = single(input)
  if (item instanceof When) {
    if (item.kind === kind || kind === 'dateTime') return item
    throw new Beyond('a moment as a day')
  }
  return typeof item === 'string' ? (When.read(item, kind) ?? undefined) : undefined
}
