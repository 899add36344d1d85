import type { FastifyInstance } from 'fastify'
import type { Access } from '../access/access.ts'

/** `POST /oauth/token`: client credentials with a signed assertion (RFC 6749 section 4.4, RFC 7523). */
export function tokenRoutes(server: FastifyInstance, access: Access): void {
  server.post('/oauth/token', { bodyLimit: 16_384 }, async (request, reply) => {
    const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''
    const answer = await access.issueToken(Object.fromEntries(new URLSearchParams(text)))
    void reply.header('cache-control', 'no-store').header('content-type', 'application/json; charset=utf-8')
    return JSON.stringify(answer)
  })
}
