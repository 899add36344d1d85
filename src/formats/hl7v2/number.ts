import type { Comparator } from '../lab/observation.ts'

/** A number as a laboratory wrote it, with what had to be read into it. */
export interface SentNumber {
  readonly value: number
  readonly comparator: Comparator | null
  /** Digits after the point as sent. */
  readonly decimals: number
  readonly repairs: readonly ('decimal-comma' | 'comparator-in-text')[]
}

const shape = /^(<=|=<|>=|=>|≤|≥|<|>)?\s*([+-]?)(\d{0,15})(?:([.,])(\d{0,15}))?$/

const comparators: Readonly<Record<string, Comparator>> = {
  '<': '<',
  '>': '>',
  '<=': '<=',
  '=<': '<=',
  '≤': '<=',
  '>=': '>=',
  '=>': '>=',
  '≥': '>=',
}

/**
 * Reads a text that is one number and nothing else, perhaps with a comparator in front or a comma for the point. A comma
 * before exactly three digits may stand between thousands, so `1,234` is not read: nobody guesses. Null for any other text.
 *
 * @example readNumber('<5,2') // { value: 5.2, comparator: '<', decimals: 1, repairs: ['comparator-in-text', 'decimal-comma'] }
 */
export function readNumber(text: string): SentNumber | null {
  const found = shape.exec(text.trim())
  if (found === null) return null
  const [, sign, minus, whole = '', mark, fraction = ''] = found
  if (whole === '' && fraction === '') return null
  if (mark === ',' && (fraction === '' || (fraction.length === 3 && whole !== '0' && whole !== ''))) return null
  const size = Number(`${whole || '0'}.${fraction || '0'}`)
  const repairs: SentNumber['repairs'][number][] = []
  if (sign !== undefined) repairs.push('comparator-in-text')
  if (mark === ',') repairs.push('decimal-comma')
  return {
    value: minus === '-' && size !== 0 ? -size : size,
    comparator: sign === undefined ? null : (comparators[sign] ?? null),
    decimals: fraction.length,
    repairs,
  }
}
