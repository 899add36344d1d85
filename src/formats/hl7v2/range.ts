import { readNumber } from './number.ts'
import type { ReferenceRange } from '../lab/observation.ts'

const between = /^([+-]?[\d.,]+)\s*(?:-|–|to)\s*([+-]?[\d.,]+)\s*(.*)$/i
const oneSided = /^([<>=≤≥]{1,2}\s*[\d.,]+)\s*(.*)$/

/**
 * Reads a reference range (OBX-7, HL7 v2.5.1 section 7.4.2.7): `low-high`, or a bound with a comparator. What is neither
 * keeps its text only, as does one with anything but the unit of the result behind it: `2-6 jaar: 3-5` and `<6 jaar: 3-5`
 * begin with an age.
 *
 * @param unit the unit as sent (OBX-6), empty when there is none
 * @example readRange('3,5 - 5,1 mmol/L', 'mmol/l') // { text: '3,5 - 5,1 mmol/L', low: 3.5, high: 5.1 }
 */
export function readRange(text: string, unit: string): ReferenceRange | null {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed === '""') return null
  const isUnit = (behind = ''): boolean => behind === '' || behind.trim().toLowerCase() === unit.trim().toLowerCase()
  const found = trimmed.length > 100 ? null : between.exec(trimmed)
  if (found !== null && isUnit(found[3])) return { text: trimmed, low: plain(found[1]), high: plain(found[2]) }
  const side = trimmed.length > 100 ? null : oneSided.exec(trimmed)
  const bound = readNumber(side !== null && isUnit(side[2]) ? side[1]! : trimmed)
  if (bound === null || bound.comparator === null) return { text: trimmed, low: null, high: null }
  const isLow = bound.comparator.startsWith('>')
  return { text: trimmed, low: isLow ? bound.value : null, high: isLow ? null : bound.value }
}

function plain(text = ''): number | null {
  const number = readNumber(text)
  return number?.comparator === null ? number.value : null
}
