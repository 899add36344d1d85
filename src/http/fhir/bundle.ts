import type { FastifyReply, FastifyRequest } from 'fastify'
import { reachedAt } from '../reached-at.ts'
import type { FhirDeps } from './deps.ts'
import { fhirJson } from './names.ts'

type Json = Readonly<Record<string, unknown>>

/** How the client reaches the FHIR side, without a slash at the end. */
export function baseOf({ publicUrls }: Pick<FhirDeps, 'publicUrls'>, request: FastifyRequest): string {
  return `${reachedAt(request, publicUrls)}/fhir`
}

export interface Matches {
  readonly type: string
  readonly resources: readonly Json[]
  /** How many fit in all; absent when that was not counted. */
  readonly total?: number
  /** What is to be told beside the matches. */
  readonly outcome: Json | null
  readonly next: string | null
  readonly self: string
}

/** A Bundle of a search (FHIR R4 section 3.1.1). What is told comes last, as `search.mode` outcome. */
export function searchset(base: string, { type, resources, total, outcome, next, self }: Matches): Json {
  const entries = resources.map((resource) => ({
    fullUrl: `${base}/${String(resource['resourceType'])}/${String(resource['id'])}`,
    resource,
    search: { mode: 'match' },
  }))
  const link = [{ relation: 'self', url: `${base}/${type}?${self}` }]
  if (next !== null) link.push({ relation: 'next', url: `${base}/${type}?_page=${next}` })
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(total === undefined ? {} : { total }),
    link,
    entry: outcome === null ? entries : [...entries, { resource: outcome, search: { mode: 'outcome' } }],
  }
}

/** Sends a resource; nothing of a person is kept by what stands between. */
export function sendFhir(reply: FastifyReply, status: number, body: Json): string {
  void reply.code(status).header('content-type', fhirJson).header('cache-control', 'no-store')
  return JSON.stringify(body)
}
