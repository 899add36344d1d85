import type { FastifyRequest } from 'fastify'
import { formatFor } from '../formats/registry.ts'

/** Where laboratories hand over in FHIR. */
const fhirDoors: ReadonlySet<string | undefined> = new Set(['/fhir', '/fhir/Observation', '/fhir/DiagnosticReport'])

/**
 * The service a request offers something to, as far as it is known before the body is read: what is turned away is counted
 * there. Null when it offers nothing. FHIR at `/messages` may be a form or results and counts as a form.
 *
 * @example offeredTo({ method: 'POST', routeOptions: { url: '/messages' }, headers: { 'content-type': 'application/hl7-v2' } }) // 'lab'
 */
export function offeredTo({
  method,
  headers,
  routeOptions: { url },
}: Pick<FastifyRequest, 'method' | 'headers'> & { readonly routeOptions: { readonly url?: string | undefined } }):
  | 'eforms'
  | 'lab'
  | null {
  if (method !== 'POST') return null
  if (fhirDoors.has(url)) return 'lab'
  if (url !== '/messages') return null
  return serviceOffered(headers['content-type'] ?? '')
}

/** The service a message at `/messages` is counted under before it is read. */
export function serviceOffered(contentType: string): 'eforms' | 'lab' {
  return formatFor(contentType)?.service === 'lab' ? 'lab' : 'eforms'
}
