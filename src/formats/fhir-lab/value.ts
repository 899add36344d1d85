import { sha256 } from '../../kernel/ids.ts'
import { readNumber } from '../hl7v2/number.ts'
import type { Coding, ObservationValue, ReferenceRange, SentUnit } from '../lab/observation.ts'
import type { Places } from './locate.ts'
import { isJson, objectsOf, textOf, type Json } from './resources.ts'

/** The value of an Observation or a component as it was sent; a choice of types in, one of our states out. */
export function readValue(result: Json, places: Places): ObservationValue {
  const { valueQuantity, valueCodeableConcept, valueString, valueInteger, valueBoolean } = result
  if (isJson(valueQuantity)) return readQuantity(valueQuantity, places)
  if (isJson(valueCodeableConcept)) return { state: 'coded', codings: codingsOf(valueCodeableConcept) }
  if (typeof valueString === 'string') return readText(valueString)
  if (typeof valueInteger === 'number') {
    return quantity(valueInteger, places.numberText(result, 'valueInteger') ?? String(valueInteger), null, null)
  }
  if (typeof valueBoolean === 'boolean') return text(String(valueBoolean))
  const { valueRange, valueRatio, valuePeriod, valueSampledData } = result
  if (isJson(valueRange)) return text(`${sideOf(valueRange['low'])} - ${sideOf(valueRange['high'])}`.trim())
  if (isJson(valueRatio)) return text(`${sideOf(valueRatio['numerator'])}:${sideOf(valueRatio['denominator'])}`)
  if (isJson(valuePeriod)) return text(`${textOf(valuePeriod['start'])}/${textOf(valuePeriod['end'])}`)
  if (isJson(valueSampledData)) return text(textOf(valueSampledData['data']))
  const moment = textOf(result['valueTime']) || textOf(result['valueDateTime'])
  if (moment !== '') return text(moment)
  const [reason] = isJson(result['dataAbsentReason']) ? codingsOf(result['dataAbsentReason']) : []
  return { state: 'none', reason: reason === undefined ? null : reason.code || reason.text || null }
}

const text = (sent: string): ObservationValue => ({ state: 'text', text: sent, unit: null })

/** A number written as text counts as a number, and the repair is told; everything else stays text. */
function readText(sent: string): ObservationValue {
  const found = readNumber(sent)
  if (found === null) return text(sent)
  const { value, comparator, decimals, repairs } = found
  return {
    state: 'quantity',
    value,
    comparator,
    unit: null,
    decimals,
    original: sent,
    repairs: ['number-in-text', ...repairs],
  }
}

/** A Quantity without a number has no value, whatever its unit. */
function readQuantity(sent: Json, places: Places): ObservationValue {
  const { value } = sent
  if (typeof value !== 'number') return { state: 'none', reason: null }
  const code = textOf(sent['code'])
  const unit = code === '' ? textOf(sent['unit']) : code
  const system = code === '' ? '' : textOf(sent['system'])
  const comparator = sent['comparator']
  return quantity(
    value,
    places.numberText(sent, 'value') ?? String(value),
    unit === '' ? null : { text: unit, system },
    comparator === '<' || comparator === '<=' || comparator === '>=' || comparator === '>' ? comparator : null,
  )
}

function quantity(
  value: number,
  original: string,
  unit: SentUnit | null,
  comparator: '<' | '<=' | '>=' | '>' | null,
): ObservationValue {
  const [, fraction = '', power = '0'] = /^-?\d+(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(original) ?? []
  const decimals = Math.min(20, Math.max(0, fraction.length - Number(power)))
  return { state: 'quantity', value, comparator, unit, decimals, original, repairs: [] }
}

function sideOf(sent: unknown): string {
  if (!isJson(sent) || typeof sent['value'] !== 'number') return ''
  const sign = textOf(sent['comparator'])
  const unit = textOf(sent['code']) || textOf(sent['unit'])
  return `${sign}${sent['value']}${unit === '' || unit === '1' ? '' : ` ${unit}`}`
}

/** The codings of a concept; its text alone is a coding without code. */
export function codingsOf(concept: unknown): readonly Coding[] {
  if (!isJson(concept)) return []
  const own = textOf(concept['text'])
  const found = objectsOf(concept['coding']).map(([, coding]): Coding => {
    const system = textOf(coding['system'])
    return {
      code: textOf(coding['code']),
      system: system === 'http://loinc.org' ? 'loinc' : system,
      text: textOf(coding['display']) || own,
    }
  })
  if (found.length > 0 || own === '') return found
  return [{ code: '', system: '', text: own }]
}

/** The ordinary range: the first that is not for another purpose (treatment, therapeutic) or age. */
export function readRange(ranges: unknown): ReferenceRange | null {
  const all = objectsOf(ranges).map(([, range]) => range)
  const range = all.find((one) => codingsOf(one['type']).every(({ code }) => code === 'normal')) ?? all[0]
  if (range === undefined) return null
  const [low, high] = [numberOf(range['low']), numberOf(range['high'])]
  const sides = low === null && high === null ? '' : `${sideOf(range['low'])} - ${sideOf(range['high'])}`.trim()
  return { text: textOf(range['text']) || sides, low, high }
}

function numberOf(sent: unknown): number | null {
  return isJson(sent) && typeof sent['value'] === 'number' ? sent['value'] : null
}

/** A document that travels inside the message: what it is, how large, and its hash; the bytes stay in the message. */
export function readDocument(attachment: Json): ObservationValue {
  const bytes = Buffer.from(textOf(attachment['data']), 'base64')
  const mediaType = textOf(attachment['contentType']) || 'application/octet-stream'
  return { state: 'document', mediaType, bytes: bytes.length, sha256: sha256(bytes).toString('hex') }
}
