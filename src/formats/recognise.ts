import { isObject } from './eform/form.ts'
import { startsXml } from './fhir/read.ts'
import { holdsLaboratory } from './fhir-lab/read.ts'
import type { Format } from './format.ts'
import { hl7ContentTypes } from './hl7v2/read.ts'
import { looksLikeHl7 } from './hl7v2/told.ts'
import { readJson } from './json/read.ts'
import { formatFor } from './registry.ts'

/** What bytes without a content type look like. */
export type Recognised =
  | { readonly state: 'message'; readonly format: Format }
  /** Several messages, one a line. */
  | { readonly state: 'lines'; readonly lines: readonly Uint8Array[] }
  | { readonly state: 'nothing' }

const words = /"(?:form|forms|messageId|resourceType)"/

/**
 * Finds the format of bytes whose type nobody told, as in a file. JSON that is broken still counts as a message when it
 * names one of the words every message of ours has. HL7v2 is one message however many MSH it holds, because it is handed
 * over once; other files are nothing.
 *
 * @example recognise(Buffer.from('{"form":"rapid-test"}')) // { state: 'message', format: eform-json }
 */
export function recognise(bytes: Uint8Array): Recognised {
  const start = bytes.findIndex((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)
  const first = bytes[start]
  const marked = first === 0xef && bytes[start + 1] === 0xbb
  if (first !== 0x7b && looksLikeHl7(bytes)) return message(hl7ContentTypes[0])
  if (startsXml(bytes) && holdsFhirXml(bytes)) return message('application/fhir+json')
  if (first !== 0x7b && !marked) return { state: 'nothing' }
  const json = readJson(bytes)
  if (json.state === 'read') return byShape(json.value)
  if (json.faults[0]?.code === 'json-trailing') {
    const lines = splitLines(bytes)
    if (lines.length > 1 && lines.every((line) => line[0] === 0x7b)) return { state: 'lines', lines }
  }
  const text = Buffer.from(bytes.subarray(0, 65_536)).toString('latin1')
  if (!words.test(text)) return { state: 'nothing' }
  return message(text.includes('"resourceType"') ? 'application/fhir+json' : 'application/json')
}

function byShape(value: unknown): Recognised {
  if (!isObject(value)) return { state: 'nothing' }
  if (holdsResponse(value) || holdsLaboratory(value)) return message('application/fhir+json')
  const isForm = typeof value['form'] === 'string' || Array.isArray(value['forms'])
  return isForm ? message('application/json') : { state: 'nothing' }
}

/** FHIR in XML is a message, and one that is told to come as JSON. */
function holdsFhirXml(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 2_048)).includes('"http://hl7.org/fhir"')
}

/** A questionnaire response, or a bundle with at least one. */
function holdsResponse(resource: Readonly<Record<string, unknown>>): boolean {
  if (resource['resourceType'] === 'QuestionnaireResponse') return true
  if (resource['resourceType'] !== 'Bundle' || !Array.isArray(resource['entry'])) return false
  return resource['entry'].some((entry: unknown) => {
    const inside = isObject(entry) ? entry['resource'] : undefined
    return isObject(inside) && inside['resourceType'] === 'QuestionnaireResponse'
  })
}

function message(contentType: string): Recognised {
  const format = formatFor(contentType)
  return format === undefined ? { state: 'nothing' } : { state: 'message', format }
}

function splitLines(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(0x0a, from)
    const end = found < 0 ? bytes.length : found
    const line = bytes.subarray(from, bytes[end - 1] === 0x0d ? end - 1 : end)
    if (line.length > 0) lines.push(line)
    from = end + 1
  }
  return lines
}
