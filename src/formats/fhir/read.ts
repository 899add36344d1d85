import type { Fault } from '../../kernel/fault.ts'
import type { FormCatalogue } from '../eform/catalogue.ts'
import { dayOf } from '../eform/days.ts'
import { isObject } from '../eform/form.ts'
import { readMessageId } from '../eform/message-id.ts'
import { formsAtMost } from '../eform/read.ts'
import { readForm, type Receipt } from '../eform/read-form.ts'
import { checkModifiers } from '../fhir-lab/invariants.ts'
import { holdsLaboratory, readLaboratory } from '../fhir-lab/read.ts'
import type { Format, Reading } from '../format.ts'
import { readJson } from '../json/read.ts'
import type { CanonicalRecord } from '../record.ts'
import { answersOf } from './questionnaire-response.ts'

const format = 'fhir-r4'

type Json = Readonly<Record<string, unknown>>

/**
 * The format of FHIR R4 JSON: a QuestionnaireResponse or a Bundle of them, or what a laboratory reports. Every response is
 * one record of its own patient; resources of another type in its bundle are named in a warning and not read. XML is told
 * and not read.
 *
 * @example readFhir(shippedForms()).contentTypes // ['application/fhir+json']
 */
export function readFhir(catalogue: FormCatalogue): Format {
  return {
    name: format,
    service: 'eforms',
    contentTypes: ['application/fhir+json'],
    read(bytes, { receivedAt }) {
      if (startsXml(bytes)) return unreadable('', 'fhir-xml-not-read')
      const json = readJson(bytes)
      if (json.state === 'unreadable') return { state: 'unreadable', format, messageId: '', faults: json.faults }
      const received = { received: receivedAt.getTime(), today: dayOf(receivedAt) }
      if (!isObject(json.value)) return unreadable('', 'fhir-not-recognised')
      if (holdsLaboratory(json.value)) return readLaboratory(format, bytes, json.value)
      const found = responsesOf(json.value)
      const { messageId, fault } = readMessageId(found.identifier)
      if (found.responses.length === 0) return unreadable(messageId, 'fhir-not-recognised')
      if (found.responses.length > formsAtMost) return unreadable(messageId, 'forms-too-many', { limit: formsAtMost })
      const around = [...(fault === null ? [] : [{ ...fault, path: '/identifier' }]), ...found.faults]
      const records = found.responses.map(({ response, path }, ordinal) => {
        const record = readResponse(catalogue, response, path, { ...received, messageId, ordinal })
        // What is wrong with the bundle is told once; every other record of it says in one fault why it is refused too.
        const extra = ordinal === 0 ? [...around, ...found.warnings] : around.slice(0, 1)
        return extra.length === 0 ? record : { ...record, faults: [...extra, ...record.faults] }
      })
      return { state: 'read', format, messageId, records }
    },
  }
}

/** XML begins with `<`, behind a byte order mark and blanks. */
export function startsXml(bytes: Uint8Array): boolean {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return bytes.subarray(marked ? 3 : 0).find((byte) => byte > 0x20) === 0x3c
}

function unreadable(messageId: string, code: Fault['code'], params: Fault['params'] = {}): Reading {
  return { state: 'unreadable', format, messageId, faults: [{ code, severity: 'error', path: '', params }] }
}

interface Responses {
  /** The sender's id of the message: that of the bundle, else that of its only response. */
  readonly identifier: unknown
  readonly responses: readonly { readonly response: Json; readonly path: string }[]
  /** What is wrong with all of them. */
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
}

function responsesOf(resource: Json): Responses {
  const identifier = valueOfIdentifier(resource)
  if (resource['resourceType'] === 'QuestionnaireResponse') {
    return { identifier, responses: [{ response: resource, path: '' }], faults: [], warnings: [] }
  }
  const entries = resource['resourceType'] === 'Bundle' && Array.isArray(resource['entry']) ? resource['entry'] : []
  const inside = entries.map((entry: unknown, index) => ({
    response: isObject(entry) && isObject(entry['resource']) ? entry['resource'] : {},
    path: `/entry/${index}/resource`,
  }))
  const responses = inside.filter(({ response }) => response['resourceType'] === 'QuestionnaireResponse')
  const others = inside.filter(({ response }) => response['resourceType'] !== 'QuestionnaireResponse')
  const only = responses.length === 1 ? responses[0] : undefined
  return {
    identifier: identifier ?? (only === undefined ? undefined : valueOfIdentifier(only.response)),
    responses,
    faults: checkModifiers(resource, ''),
    warnings: others.slice(0, 10).map(({ path }) => ({
      code: 'fhir-entry-not-read',
      severity: 'warning',
      path,
      params: { count: others.length },
    })),
  }
}

function valueOfIdentifier(resource: Json): unknown {
  const identifier = resource['identifier']
  return isObject(identifier) ? identifier['value'] : undefined
}

function readResponse(catalogue: FormCatalogue, response: Json, path: string, receipt: Receipt): CanonicalRecord {
  const answers = answersOf(response, receipt.messageId)
  const record = readForm(catalogue, answers.form, receipt)
  // Without an id the message is told so once, for all its records.
  const own = record.faults.map((fault) => ({ ...fault, path: path + placeOf(fault.path, answers.places) }))
  return { ...record, faults: [...answers.faults.map((fault) => ({ ...fault, path: path + fault.path })), ...own] }
}

/** Where the answer to a field stands; for a field without an answer, the group of its section or the list of items. */
function placeOf(field: string, places: ReadonlyMap<string, string>): string {
  return places.get(field) ?? places.get(field.replace(/\/[^/]*$/, '')) ?? '/item'
}
