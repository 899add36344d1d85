import type { FastifyInstance } from 'fastify'
import { openApi } from '../contract/openapi.ts'

/** `GET /openapi.json`: the machine API in OpenAPI 3.1. */
export function contractRoutes(server: FastifyInstance): void {
  const text = JSON.stringify(openApi)
  server.get('/openapi.json', async (_request, reply) =>
    reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'public, max-age=300')
      .send(text),
  )
}
