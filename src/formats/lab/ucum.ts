import { atoms, prefixes, type Dimension } from './ucum-atoms.ts'

/** A unit taken apart: what it measures and how many base units it is. */
export interface Unit {
  readonly dimension: Dimension
  readonly factor: number
  /** The arbitrary units in it, such as `IU`; units with different ones never convert. */
  readonly arbitrary: string
}

export type UcumReading =
  | { readonly state: 'valid'; readonly unit: Unit }
  | { readonly state: 'wrong'; readonly at: number }

const longest = 60

/**
 * Reads a UCUM unit (case sensitive; UCUM 2.1 sections 2.1 and 2.2): units with prefix and exponent, `.`, `/`, whole numbers,
 * brackets and annotations. A unit is read as it is written: `G/L` is gauss per litre, whoever meant giga. `at` is the
 * character from which it is no unit, or no unit of a laboratory. Never throws.
 *
 * @example readUcum('mmol/L') // { state: 'valid', unit: { dimension: [-3, 0, 0, 1, 0, 0, 0], factor: 1, arbitrary: '' } }
 */
export function readUcum(text: string): UcumReading {
  const known = seen.get(text)
  if (known !== undefined) return known
  const reading = parse(text)
  if (seen.size >= 2_000) seen.clear()
  seen.set(text, reading)
  return reading
}

/** Senders use a few dozen units; spellings that nobody knows come from outside, so the store of answers is bounded. */
const seen = new Map<string, UcumReading>()

function parse(text: string): UcumReading {
  if (text.length === 0 || text.length > longest) return { state: 'wrong', at: Math.min(text.length, longest) }
  const cursor = { text, at: 0 }
  const unit = text === '1' ? one : readTerm(cursor, 0)
  if (text === '1') return { state: 'valid', unit: one }
  return unit === null || cursor.at < text.length ? { state: 'wrong', at: cursor.at } : { state: 'valid', unit }
}

interface Cursor {
  readonly text: string
  at: number
}

const none: Dimension = [0, 0, 0, 0, 0, 0, 0]
const one: Unit = { dimension: none, factor: 1, arbitrary: '' }

/** `term = ["/"] component {("." | "/") component}`. */
function readTerm(cursor: Cursor, depth: number): Unit | null {
  if (depth > 8) return null
  let unit: Unit = one
  let power = 1
  if (cursor.text[cursor.at] === '/') {
    power = -1
    cursor.at++
  }
  for (;;) {
    const component = readComponent(cursor, depth)
    if (component === null) return null
    unit = times(unit, component, power)
    const mark = cursor.text[cursor.at]
    if (mark !== '.' && mark !== '/') return unit
    power = mark === '/' ? -1 : 1
    cursor.at++
  }
}

const annotation = /\{[\x21-\x7a|~]*\}/y
const integer = /\d{1,9}(?![\d*^])/y
const symbol = /10[*^]|%|(?:[A-Za-z]+|\[[A-Za-z0-9_']+\])+/y
const exponent = /[+-]?\d{1,2}/y

function readComponent(cursor: Cursor, depth: number): Unit | null {
  if (cursor.text[cursor.at] === '(') {
    cursor.at++
    const inside = readTerm(cursor, depth + 1)
    if (inside === null || cursor.text[cursor.at] !== ')') return null
    cursor.at++
    return inside
  }
  if (take(cursor, annotation) !== null) return one
  const whole = take(cursor, integer)
  if (whole !== null) return { ...one, factor: Number(whole) }
  const start = cursor.at
  const name = take(cursor, symbol)
  if (name === null) return null
  const base = unitNamed(name)
  if (base === null) {
    cursor.at = start
    return null
  }
  const power = Number(take(cursor, exponent) ?? 1)
  take(cursor, annotation)
  return times(one, base, power)
}

function take(cursor: Cursor, pattern: RegExp): string | null {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)
  if (found === null) return null
  cursor.at += found[0].length
  return found[0]
}

function unitNamed(name: string): Unit | null {
  const atom = atoms.get(name)
  if (atom !== undefined) return { dimension: atom.dimension, factor: atom.factor, arbitrary: atom.arbitrary ?? '' }
  for (const length of [1, 2]) {
    const prefix = prefixes.get(name.slice(0, length))
    const prefixed = prefix === undefined ? undefined : atoms.get(name.slice(length))
    if (prefix === undefined || prefixed === undefined || !prefixed.metric) continue
    return {
      dimension: prefixed.dimension,
      factor: prefixed.factor * 10 ** prefix,
      arbitrary: prefixed.arbitrary ?? '',
    }
  }
  return null
}

function times(a: Unit, b: Unit, power: number): Unit {
  const [l, m, t, n, x, k, g] = a.dimension
  const [l2, m2, t2, n2, x2, k2, g2] = b.dimension
  return {
    dimension: [
      l + power * l2,
      m + power * m2,
      t + power * t2,
      n + power * n2,
      x + power * x2,
      k + power * k2,
      g + power * g2,
    ],
    factor: a.factor * b.factor ** power,
    arbitrary: b.arbitrary === '' ? a.arbitrary : a.arbitrary === '' ? b.arbitrary : `${a.arbitrary} ${b.arbitrary}`,
  }
}

/**
 * By how much a number in one unit is multiplied to stand in the other; null when they measure different things, when an
 * arbitrary unit is involved on one side only, or when both are pure numbers: `%` and `mmol/mol` differ by more than a
 * factor, as HbA1c shows (7 % is 53 mmol/mol and not 70).
 *
 * @example scaleBetween('mg/dL', 'g/L') // 0.01
 */
export function scaleBetween(from: string, to: string): number | null {
  if (from === to) return 1
  const [a, b] = [readUcum(from), readUcum(to)]
  if (a.state === 'wrong' || b.state === 'wrong' || a.unit.arbitrary !== b.unit.arbitrary) return null
  if (a.unit.dimension.some((power, place) => power !== b.unit.dimension[place])) return null
  const scale = tidy(a.unit.factor / b.unit.factor)
  return scale !== 1 && isNumber(a.unit) ? null : scale
}

/** Powers of ten multiplied in binary end a little beside the round number. */
const tidy = (factor: number): number => Number(factor.toPrecision(12))

const isNumber = ({ dimension }: Unit): boolean => dimension.every((power) => power === 0)
