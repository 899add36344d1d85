import type { FastifyRequest } from 'fastify'
import type { Reading } from '../../access/access-log.ts'
import { noteReading, purposesOf, requireClientRight, type CareReader } from '../../access/consent.ts'
import { SluisError } from '../../kernel/errors.ts'
import { senderOf } from '../sender-of.ts'
import type { FhirDeps } from './deps.ts'

/**
 * Who reads and what for, before any patient is named: a client of a care team with a purpose. Who comes without is refused
 * with a line in the access log.
 *
 * Throws what `verifyAccess` throws, `right-missing`, `reading-purpose-missing` or `fhir-json-only`.
 */
export async function readerOf(
  deps: FhirDeps,
  request: FastifyRequest,
  what: Reading['what'] = 'results',
  impliedPurpose: CareReader['purpose'] | null = null,
): Promise<CareReader> {
  const sender = await senderOf(deps.access, request)
  const header = request.headers['x-sluis-purpose']
  const known = purposesOf(sender.kind)
  const isEmergency = mayBreakGlass(sender.kind) && breakGlass.has(String(header))
  const purpose = isEmergency
    ? 'emergency'
    : (known.find((one) => one === header) ?? (header === undefined ? impliedPurpose : null))
  const origin = `${request.method} ${request.routeOptions.url ?? ''}`
  const reader: CareReader = {
    sender,
    purpose: purpose ?? 'care',
    what,
    origin,
    trace: request.id,
    emergencyReason: reasonOf(request),
  }
  try {
    requireClientRight(sender, purpose === 'emergency' ? 'read-in-emergency' : 'read-results')
    if (purpose === null) throw new SluisError('reading-purpose-missing', { known: known.join(', ') })
  } catch (error) {
    await noteReading(deps.db, reader, 'refused')
    throw error
  }
  requireJson(request)
  return reader
}

/** As our own word, and as purpose of use of HL7 v3 ActReason. */
const breakGlass: ReadonlySet<string> = new Set([
  'emergency',
  'BTG',
  'http://terminology.hl7.org/CodeSystem/v3-ActReason|BTG',
])

/** The hub's own client proves an undo and is in no emergency. */
const mayBreakGlass = (kind: string): boolean => kind !== 'proof'

/** Why it cannot wait, from a header that holds ASCII only: other letters come percent-encoded in UTF-8. */
function reasonOf(request: FastifyRequest): string | null {
  const header = request.headers['x-sluis-reason']
  if (typeof header !== 'string') return null
  try {
    return decodeURIComponent(header)
  } catch {
    return header
  }
}

/** Answers exist in JSON only. */
export function requireJson(request: FastifyRequest): void {
  const { _format: format } = request.query as { _format?: unknown }
  const wish = typeof format === 'string' ? format : (request.headers.accept ?? '')
  const isXml = /xml|turtle|ttl/.test(wish)
  const isJson = wish === '' || /json|\*\/\*|application\/\*/.test(wish)
  if (isXml && !isJson) throw new SluisError('fhir-json-only')
}
