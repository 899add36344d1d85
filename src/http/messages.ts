import type { FastifyInstance } from 'fastify'
import type { Access } from '../access/access.ts'
import { SluisError } from '../kernel/errors.ts'
import { receive, type DoorDeps } from '../intake/receive.ts'
import { trace } from '../ledger/trace.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Database } from '../store/connect.ts'
import { tellTrace } from './tell-trace.ts'
import { languageOf } from './server.ts'

export interface MessageRoutes {
  readonly access: Access
  readonly door: DoorDeps | null
  readonly db: Database
  readonly vault: Vault
  /** Remembers whose request this is, for the count of what is turned away. */
  readonly knownSender: WeakMap<object, number>
}

/** `POST /messages` takes custody on a node with the intake role; `GET /messages/{receipt}` tells its sender where every record of it is. */
export function messageRoutes(server: FastifyInstance, deps: MessageRoutes): void {
  const { door } = deps
  if (door !== null) {
    server.post('/messages', async (request, reply) => {
      const sender = await deps.access.verifyAccess(request.headers.authorization)
      deps.knownSender.set(request, sender.id)
      const { traceparent } = request.headers
      const answer = await receive(door, {
        senderId: sender.id,
        contentType: request.headers['content-type'] ?? '',
        bytes: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        traceparent: typeof traceparent === 'string' && traceparent.length <= 64 ? traceparent : null,
        language: languageOf(request),
      })
      void reply
        .code(answer.status)
        .header(
          'content-type',
          answer.status === 202 ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8',
        )
      return JSON.stringify(answer.body)
    })
  } else {
    // A balancer may not know what a node carries: the sender must keep the message, which a 404 would not say.
    server.post('/messages', () => {
      throw new SluisError('intake-elsewhere', { seconds: 1 })
    })
  }
  server.get('/messages/:receipt', async (request, reply) => {
    const sender = await deps.access.verifyAccess(request.headers.authorization)
    const { receipt } = request.params as { receipt: string }
    const found = await trace(deps, receipt)
    // Another sender's receipt is answered like one that does not exist.
    if (found === null || found.senderId !== sender.id)
      throw new SluisError('receipt-unknown', { receipt: receipt.slice(0, 60) })
    void reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store')
    return JSON.stringify(tellTrace(found, sender.name))
  })
}
