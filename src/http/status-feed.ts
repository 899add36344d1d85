import type { FastifyInstance } from 'fastify'
import type { Access } from '../access/access.ts'
import { SluisError } from '../kernel/errors.ts'
import { parseCursor, statusFeed } from '../ledger/status-feed.ts'
import type { Database } from '../store/connect.ts'
import { senderOf } from './sender-of.ts'

/** `GET /status?after=<cursor>&limit=<n>`: what this sender is told, at least once, in order. */
export function statusFeedRoutes(server: FastifyInstance, deps: { access: Access; db: Database }): void {
  server.get('/status', async (request, reply) => {
    const sender = await senderOf(deps.access, request)
    const query = request.query as { after?: string; limit?: string }
    const after = parseCursor(query.after ?? '')
    if (after === null) throw new SluisError('request-malformed', { why: 'after' })
    const limit = Math.min(Math.max(Math.trunc(Number(query.limit ?? 200)) || 200, 1), 1_000)
    void reply.header('cache-control', 'no-store').header('content-type', 'application/json; charset=utf-8')
    return JSON.stringify(await statusFeed(deps.db, sender.id, after, limit))
  })
}
