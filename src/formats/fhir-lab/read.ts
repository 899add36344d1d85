import { cutFaults, hasError, type Fault } from '../../kernel/fault.ts'
import type { Reading } from '../format.ts'
import type { CanonicalRecord } from '../record.ts'
import { authorsOf, placesOf } from './context.ts'
import { countResults } from './count.ts'
import { checkModifiers, checkObservation } from './invariants.ts'
import { locate } from './locate.ts'
import { readDocuments, readObservation, type Mapping, type ReadResult } from './observation.ts'
import { gather, isJson, objectsOf, textOf, type Gathered, type Json, type Node } from './resources.ts'
import { checkShape } from './validate.ts'

/** A record is named by its place in the message, which has four digits. */
const resultsAtMost = 10_000
const bundleTypes: ReadonlySet<string> = new Set(['document', 'collection', 'message', 'transaction', 'batch'])

/**
 * Whether a resource comes from a laboratory: a DiagnosticReport, an Observation, or a Bundle with one somewhere, also in a
 * bundle inside it, and no eForm.
 */
export function holdsLaboratory(root: Json): boolean {
  const type = root['resourceType']
  if (type === 'Observation' || type === 'DiagnosticReport') return true
  if (type !== 'Bundle') return false
  const inside = objectsOf(root['entry']).map(([, entry]) => entry['resource'])
  if (inside.some((one) => isJson(one) && one['resourceType'] === 'QuestionnaireResponse')) return false
  return inside.some((one) => isJson(one) && holdsLaboratory(one))
}

/**
 * Reads a laboratory's report in FHIR R4: a document, collection, message, transaction or batch Bundle, a DiagnosticReport
 * with what it contains, or one Observation, of be-lab or nl-core. Every Observation becomes one record of its own patient,
 * every component one more; a panel's heading becomes none and is counted as kept. Faults come all at once, each with its
 * place; a wrong result refuses those beside it in a transaction, and nowhere else. Results that do not add up to those
 * counted in the bytes make the message unreadable: nothing is dropped. Never throws.
 *
 * `counts` holds `observations` = `mapped` + `kept`.
 *
 * @param bytes the message, already found to be strict JSON
 * @param root what was parsed from it
 */
export function readLaboratory(format: string, bytes: Uint8Array, root: Json): Reading {
  const observations = countResults(root)
  const gathered = gather(root)
  const messageId = messageIdOf(gathered)
  const refused = (faults: readonly Fault[]): Reading => {
    const counts = { observations, mapped: 0, kept: observations }
    return { state: 'unreadable', format, messageId, service: 'lab', counts, faults }
  }
  const around = messageFaults(gathered, observations)
  if (hasError(around)) return refused(around)

  const { mapping, envelope } = prepare(bytes, gathered)
  const told = [...around, ...envelope]
  // The ordinary message cannot get too long, and is not written out to be measured.
  const isMeasured = observations * (bytes.length + 4_096) > lengthAtMost
  const results: ReadResult[] = []
  let kept = 0
  let length = 0
  const add = (found: readonly ReadResult[]): void => {
    for (const result of found) {
      results.push(result)
      if (isMeasured && length <= lengthAtMost) length += JSON.stringify(result).length
    }
  }
  for (const node of gathered.nodes) {
    if (node.type === 'Observation') {
      const read = readObservation(node, mapping)
      add(read.results)
      kept += read.kept
      // What is wrong with a heading refuses nobody else's result.
      if (read.results.length === 0) told.push(...asWarnings(mapping.faults.get(node) ?? []))
    } else if (node.type === 'DiagnosticReport') add(readDocuments(node, mapping))
    if (length > lengthAtMost) return refused([error('fhir-notes-too-long', '', { count: observations })])
  }
  const mapped = results.length
  if (mapped + kept !== observations) {
    return refused([error('fhir-count-differs', '', { counted: observations, mapped, kept })])
  }
  // Warnings that belong to no result are told once, with the first.
  const once = cutFaults(told, warningsAtMost)
  const records = results.map((result, ordinal): CanonicalRecord => {
    return { ordinal, ...result, ...(ordinal === 0 && once.length > 0 ? { faults: [...once, ...result.faults] } : {}) }
  })
  const whole = isTransaction(root) ? allOrNothing(records) : records
  return { state: 'read', format, messageId, service: 'lab', counts: { observations, mapped, kept }, records: whole }
}

/**
 * Every record carries its patient and their faults, its order and the notes of its report and panels: long ones under
 * thousands of results would fill the memory, and be more than the database takes at once.
 */
const lengthAtMost = 32 * 1024 * 1024

const isTransaction = (root: Json): boolean => root['resourceType'] === 'Bundle' && root['type'] === 'transaction'

/** FHIR R4, section 3.1.0.11.2: a client that sees its transaction accepted believes that every entry of it was. */
function allOrNothing(records: readonly CanonicalRecord[]): readonly CanonicalRecord[] {
  const isWrong = ({ faults }: CanonicalRecord): boolean => hasError(faults)
  if (!records.some(isWrong)) return records
  const fault = error('fhir-transaction-refused', '/entry', {})
  return records.map((record) => {
    return isWrong(record) ? record : { ...record, content: null, faults: [...record.faults, fault] }
  })
}

/** Checks every resource and finds what stands around every result. */
function prepare(bytes: Uint8Array, gathered: Gathered): { mapping: Mapping; envelope: readonly Fault[] } {
  const faults = new Map<Node, readonly Fault[]>()
  const envelope: Fault[] = []
  for (const node of gathered.nodes) {
    const isResult = node.type === 'Observation' || node.type === 'Patient' || node.type === 'DiagnosticReport'
    const all = [
      ...checkShape(node.resource, node.path),
      ...(node.type === 'Observation' ? checkObservation(node.resource, node.path) : []),
      ...(isResult ? checkModifiers(node.resource, node.path) : []),
    ]
    // Those of an Observation stand with all its components, those of a Patient with all its results.
    const found = cutFaults(all, faultsAtMost, node.path)
    if (found.length === 0) continue
    if (node.type === 'DiagnosticReport') {
      envelope.push(...found.filter((fault) => fault.severity === 'warning'))
      faults.set(
        node,
        found.filter((fault) => fault.severity === 'error'),
      )
    } else if (isResult) faults.set(node, found)
    else if (envelope.length < warningsAtMost) envelope.push(...found)
  }
  const mapping: Mapping = {
    places: locate(bytes, gathered.root.resource),
    around: placesOf(gathered),
    patients: new Map(),
    authors: authorsOf(gathered),
    faults,
  }
  return { mapping, envelope: envelope.slice(0, warningsAtMost) }
}

const warningsAtMost = 50
/** How many faults of one resource are told one by one. */
const faultsAtMost = 20

/** What concerns the message as a whole. A transaction is all or nothing; of a batch the other entries are read. */
function messageFaults({ nodes, requests }: Gathered, observations: number): readonly Fault[] {
  const faults: Fault[] = []
  if (observations > resultsAtMost) {
    faults.push(error('fhir-too-many-results', '', { count: observations, limit: resultsAtMost }))
  }
  for (const node of nodes.filter((one) => one.type === 'Bundle')) {
    const type = textOf(node.resource['type'])
    if (!bundleTypes.has(type)) {
      faults.push(error('fhir-bundle-type', `${node.path}/type`, { type: type.slice(0, 40) }))
    }
  }
  for (const { path, method, bundle } of requests) {
    if (method === 'POST' || method === 'PUT') continue
    const severity = bundle === 'batch' ? 'warning' : 'error'
    const params = { method: method.slice(0, 10) || '?' }
    faults.push({ code: 'fhir-method-not-read', severity, path: `${path}/request/method`, params })
  }
  return cutFaults(faults, warningsAtMost)
}

/**
 * The sender's own number, which only a bundle has. The number of a report or result is none: a correction has it too, and
 * would look like a second message with the same number.
 */
function messageIdOf({ root: { resource, type } }: Gathered): string {
  const identifier = resource['identifier']
  if (type !== 'Bundle' || !isJson(identifier)) return ''
  const value = textOf(identifier['value'])
  return /^[!-~]{1,64}$/.test(value) ? value : ''
}

function asWarnings(faults: readonly Fault[]): readonly Fault[] {
  return faults.map((fault) => ({ ...fault, severity: 'warning' }))
}

function error(code: Fault['code'], path: string, params: Fault['params']): Fault {
  return { code, severity: 'error', path, params }
}
