import type { FastifyReply, FastifyRequest } from 'fastify'
import { requireClientRight } from '../../access/consent.ts'
import { toOperationOutcome } from '../../formats/fhir-lab/outcome.ts'
import { isJson, objectsOf, textOf, type Json } from '../../formats/fhir-lab/resources.ts'
import type { Reading } from '../../formats/format.ts'
import { readJson } from '../../formats/json/read.ts'
import type { CanonicalRecord } from '../../formats/record.ts'
import { isOtherFhir } from '../../intake/content-type.ts'
import { receive, type DoorAnswer } from '../../intake/receive.ts'
import { SluisError } from '../../kernel/errors.ts'
import { hasError, type Fault } from '../../kernel/fault.ts'
import { recordName } from '../../kernel/ids.ts'
import { labPatientIndex } from '../../ledger/patient.ts'
import { resultIndex } from '../../ledger/result.ts'
import { languageOf, senderOf } from '../sender-of.ts'
import type { FhirDeps } from './deps.ts'
import { note, outcomeOf } from './outcome.ts'
import { orderOf } from './report.ts'

const contentTypes: ReadonlySet<string> = new Set([
  'application/fhir+json',
  'application/json',
  // Read by the same format, which says that it takes JSON only, with a receipt.
  'application/fhir+xml',
])

export interface Taken {
  readonly status: number
  readonly body: Json
  /** Where the only resource handed over can be read; null for a Bundle and for what was refused. */
  readonly location: string | null
}

/**
 * Takes custody of what a client hands over through FHIR, by the one door of the hub, and answers in FHIR: a Bundle of type
 * transaction or batch with a response for each entry, anything else, and a transaction of which a part is wrong, with an
 * OperationOutcome naming every fault.
 */
export async function take(deps: FhirDeps, request: FastifyRequest, reply: FastifyReply): Promise<Taken> {
  const { door } = deps
  if (door === null) throw new SluisError('intake-elsewhere', { seconds: 1 })
  const sender = await senderOf(deps.access, request)
  requireClientRight(sender, 'hand-over-message')
  assertFhir(request.headers['content-type'] ?? '')
  const { traceparent } = request.headers
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const answer = await receive(door, {
    senderId: sender.id,
    contentType: 'application/fhir+json',
    bytes,
    traceparent: typeof traceparent === 'string' && traceparent.length <= 64 ? traceparent : null,
    language: languageOf(request),
  })
  if (answer.body.receipt !== undefined) void reply.header('x-sluis-receipt', answer.body.receipt)
  const json = readJson(bytes)
  const root = json.state === 'read' && isJson(json.value) ? json.value : {}
  const taken = tell(deps, request, root, answer)
  const { location } = taken
  if (location !== null) void reply.header('location', location).header('etag', 'W/"1"')
  return taken
}

function assertFhir(contentType: string): void {
  const accepted = 'application/fhir+json'
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  if (type === '') throw new SluisError('content-type-missing', { accepted })
  if (contentTypes.has(type) && !isOtherFhir(contentType)) return
  throw new SluisError('content-type-unknown', { type: contentType.slice(0, 60), accepted })
}

function tell(deps: FhirDeps, request: FastifyRequest, root: Json, answer: DoorAnswer): Taken {
  const type = textOf(root['resourceType']) || 'Resource'
  const { reading, body } = answer
  if (answer.status === 409) return { status: 409, body: conflictOutcome(answer, request), location: null }
  const faults = faultsOf(reading)
  if (reading.state === 'unreadable') {
    return { status: 422, body: toOperationOutcome(faults, type) as Json, location: null }
  }
  const receipt = body.receipt ?? ''
  const kind = textOf(root['type'])
  const isRefused = reading.records.length > 0 && reading.records.every(isRefusedRecord)
  // A transaction is refused whole, and then there is nothing to say of each entry.
  if (type === 'Bundle' && (kind === 'batch' || (kind === 'transaction' && !isRefused))) {
    return { status: 200, body: responseBundle(deps, root, kind, reading.records, receipt, request), location: null }
  }
  const outcome =
    faults.length > 0
      ? (toOperationOutcome(faults, type) as Json)
      : outcomeOf([note('stored', { receipt })], languageOf(request))
  if (isRefused) return { status: 422, body: outcome, location: null }
  const made = type === 'Bundle' ? null : locationOf(deps, type, '', root, reading.records, receipt)
  return { status: type === 'Bundle' ? 200 : 201, body: outcome, location: made === null ? null : `/fhir/${made}` }
}

const isRefusedRecord = ({ faults }: CanonicalRecord): boolean => hasError(faults)

/** Every fault once: what concerns a patient is a fault of each of its results. */
function faultsOf(reading: Reading): readonly Fault[] {
  const all = reading.state === 'read' ? reading.records.flatMap(({ faults }) => faults) : reading.faults
  return [
    ...new Map(all.map((fault) => [`${fault.code} ${fault.path} ${JSON.stringify(fault.params)}`, fault])).values(),
  ]
}

function conflictOutcome({ body }: DoorAnswer, request: FastifyRequest): Json {
  if (!('texts' in body)) return outcomeOf([], languageOf(request))
  const { code, texts } = body
  return outcomeOf([{ severity: 'error', type: 'duplicate', code, texts }], languageOf(request))
}

/** The answer to a transaction or batch: for each entry what became of it, and where it can be read. */
function responseBundle(
  deps: FhirDeps,
  root: Json,
  kind: 'transaction' | 'batch',
  records: readonly CanonicalRecord[],
  receipt: string,
  request: FastifyRequest,
): Json {
  const all = faultsOf({ state: 'read', format: '', messageId: '', records })
  const byEntry = Map.groupBy(all, ({ path }) => /^\/entry\/\d+\//.exec(path)?.[0] ?? '')
  const entry = objectsOf(root['entry']).map(([index, one]) => {
    const place = `/entry/${index}/`
    const resource = isJson(one['resource']) ? one['resource'] : {}
    const type = textOf(resource['resourceType'])
    const faults = byEntry.get(place) ?? []
    const outcome =
      faults.length > 0
        ? (toOperationOutcome(faults, 'Bundle') as Json)
        : outcomeOf([note('kept', {})], languageOf(request))
    const location = locationOf(deps, type, `${place}resource`, resource, records, receipt)
    if (location !== null) {
      return { response: { status: '201 Created', location, etag: 'W/"1"', ...(faults.length > 0 ? { outcome } : {}) } }
    }
    const isRefused = hasError(faults)
    return { response: { status: isRefused ? '422 Unprocessable Content' : '202 Accepted', outcome } }
  })
  const identifier = { system: 'https://sluis.example/fhir/NamingSystem/receipt', value: receipt }
  return { resourceType: 'Bundle', type: `${kind}-response`, identifier, entry }
}

/** Where what stands at a place of the message can be read once it is; null when it is no resource of its own. */
function locationOf(
  deps: FhirDeps,
  type: string,
  place: string,
  resource: Json,
  records: readonly CanonicalRecord[],
  receipt: string,
): string | null {
  const read = records.filter((record) => !isRefusedRecord(record))
  const own = read.find(({ content }) => content?.kind === 'observation' && isAt(content.origin.path, place))
  if (own?.content?.kind === 'observation') {
    const { patient, source, resultKey } = own.content
    const { keys } = deps.vault
    return `Observation/${resultIndex(keys, labPatientIndex(keys, patient, source), resultKey).toString('hex')}`
  }
  if (type !== 'DiagnosticReport') return null
  const codes = objectsOf(isJson(resource['code']) ? resource['code']['coding'] : []).map(([, { code }]) => code)
  const part = read.find(({ content }) => content?.kind === 'observation' && codes.includes(content.order.panel?.code))
  if (part?.content?.kind !== 'observation') return null
  const { order, patient } = part.content
  const first = read.find(
    ({ content }) =>
      content?.kind === 'observation' &&
      orderOf(content.order) === orderOf(order) &&
      JSON.stringify(content.patient) === JSON.stringify(patient),
  )
  return `DiagnosticReport/${recordName(receipt, first?.ordinal ?? part.ordinal)}`
}

const isAt = (path: string, place: string): boolean =>
  path === place || path.startsWith(`${place}/component/`) || path.startsWith(`${place}/presentedForm/`)
