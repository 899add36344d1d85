import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { SluisError } from '../../kernel/errors.ts'
import { admit } from '../admit.ts'
import { baseOf, sendFhir } from './bundle.ts'
import { capabilityStatement } from './capability.ts'
import type { FhirDeps } from './deps.ts'
import { routes, type Interaction, type ResourceType } from './interactions.ts'
import { fhirJson } from './names.ts'
import { history, read, vread } from './read.ts'
import { requireJson } from './reader.ts'
import { search } from './search.ts'
import { take } from './take.ts'

/**
 * FHIR R4 at `/fhir`: laboratories hand over, care teams read. Every route comes from the table of interactions; every error
 * is an OperationOutcome, which the server sees to for all that lies under `/fhir`.
 */
export function fhirRoutes(server: FastifyInstance, deps: FhirDeps): void {
  const answers: Readonly<Record<Interaction, Answer>> = {
    create: async (request, reply) => created(deps, request, reply),
    read: async (request, reply, type) => told(reply, await read(deps, request, reply, type)),
    vread: async (request, reply) => told(reply, await vread(deps, request, reply)),
    'history-instance': async (request, reply) => sendFhir(reply, 200, await history(deps, request)),
    'search-type': async (request, reply, type) => sendFhir(reply, 200, await search(deps, request, type)),
  }
  server.get('/fhir/metadata', (request, reply) => {
    requireJson(request)
    void reply.header('content-type', fhirJson)
    return JSON.stringify(capabilityStatement(baseOf(deps, request)))
  })
  const offer = offerOptions(deps)
  server.post('/fhir', offer, (request, reply) => created(deps, request, reply))
  for (const { method, url, type, interaction } of routes) {
    const options = interaction === 'create' ? offer : {}
    server.route({ ...options, method, url, handler: (request, reply) => answers[interaction](request, reply, type) })
  }
}

function offerOptions(deps: FhirDeps): RouteShorthandOptions {
  return {
    bodyLimit: deps.largestMessage,
    async onRequest(request, reply) {
      // A balancer may not know what a node carries: the sender must keep the message, which a 404 would not say.
      if (deps.door === null) throw new SluisError('intake-elsewhere', { seconds: 1 })
      await admit(deps, request, reply)
    },
  }
}

type Answer = (request: FastifyRequest, reply: FastifyReply, type: ResourceType) => Promise<string | null>

async function created(deps: FhirDeps, request: FastifyRequest, reply: FastifyReply): Promise<string> {
  const { status, body } = await take(deps, request, reply)
  return sendFhir(reply, status, body)
}

function told(reply: FastifyReply, resource: Readonly<Record<string, unknown>> | null): string {
  if (resource !== null) return sendFhir(reply, 200, resource)
  void reply.code(304)
  return ''
}
