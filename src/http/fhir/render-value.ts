import type { Coding, InterpretedObservation, ObservationValue, SentUnit } from '../../formats/lab/observation.ts'
import { names, systemUri } from './names.ts'

type Json = Readonly<Record<string, unknown>>

/** `JSON.rawJSON` keeps the digits that were sent: 7.0 is not 7. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown }

const exactly = (value: number, decimals: number): unknown =>
  decimals > 0 && decimals <= 20 && Math.abs(value) < 1e21 ? rawJSON(value.toFixed(decimals)) : value

export function codingOf({ code, system, text }: Coding): Json {
  const uri = systemUri(system)
  return {
    ...(uri === undefined ? {} : { system: uri }),
    ...(code === '' ? {} : { code }),
    ...(text === '' ? {} : { display: text }),
  }
}

/**
 * The value as FHIR has it: original number, digits, unit and text first; the UCUM code our tables give the unit beside it.
 * R4 has no value for a document or a list: the first goes into an extension, the second into components.
 */
export function valueOf({ value, mapped, code }: InterpretedObservation): Json {
  if (value.state === 'several') {
    const coded = { coding: [codingOf(code.original)] }
    return { component: value.values.map((one) => ({ code: coded, ...simpleValue(one, null) })) }
  }
  return simpleValue(value, mapped.ucum)
}

function simpleValue(value: ObservationValue, ucum: string | null): Json {
  switch (value.state) {
    case 'quantity':
      return {
        valueQuantity: {
          value: exactly(value.value, value.decimals),
          ...(value.comparator === null ? {} : { comparator: value.comparator }),
          ...unitOf(value.unit, ucum),
        },
      }
    case 'text':
      return { valueString: value.unit === null ? value.text : `${value.text} ${value.unit.text}` }
    case 'coded': {
      const text = value.codings[0]?.text ?? ''
      return {
        valueCodeableConcept: { coding: value.codings.map(codingOf), ...(text === '' ? {} : { text }) },
      }
    }
    case 'document': {
      const attachment = { contentType: value.mediaType, size: value.bytes, title: `sha256 ${value.sha256}` }
      return {
        extension: [{ url: names.document, valueAttachment: attachment }],
        dataAbsentReason: absent('unsupported'),
      }
    }
    case 'several':
      return {}
    case 'none':
  }
  return { dataAbsentReason: { ...absent('unknown'), ...(value.reason === null ? {} : { text: value.reason }) } }
}

export function absent(code: string): Json {
  return { coding: [{ system: names.absent, code }] }
}

function unitOf(unit: SentUnit | null, ucum: string | null): Json {
  return {
    ...(unit === null ? {} : { unit: unit.text }),
    ...(ucum === null ? {} : { system: names.ucum, code: ucum }),
  }
}

/** What our tables make of code and value, when they say anything, with their name and version. */
export function mappedOf({ mapped }: InterpretedObservation): readonly Json[] {
  const { analyte, canonical, tables } = mapped
  if (analyte === null) return []
  const said: Json[] = [
    { url: 'tables', valueString: tables },
    { url: 'analyte', valueCode: analyte },
  ]
  if (canonical !== null) {
    const { value, unit } = canonical
    said.push({ url: 'value', valueQuantity: { value, unit, system: names.ucum, code: unit } })
  }
  return [{ url: names.mapped, extension: said }]
}
