import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../access/access.ts'
import { SluisError } from '../kernel/errors.ts'
import { receive, type DoorAnswer, type DoorDeps } from '../intake/receive.ts'
import { pickLanguage } from '../kernel/language.ts'
import type { Accepting } from '../ledger/accept.ts'
import type { Spool } from '../ledger/spool/spool.ts'
import { traceAnywhere } from '../ledger/trace-spooled.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Database } from '../store/connect.ts'
import { admit, type Admission } from './admit.ts'
import { tellTrace } from './tell-trace.ts'

export interface MessageRoutes extends Admission {
  readonly access: Access
  readonly door: DoorDeps | null
  readonly db: Database
  readonly vault: Vault
  readonly largestMessage: number
  readonly spool: Pick<Spool, 'find' | 'state'>
  readonly accepting: Pick<Accepting, 'custodian'>
}

/** Takes custody of what a known sender offered. Throws what `receive` throws. */
export function takeMessage(
  door: DoorDeps,
  senderId: number,
  { headers, bytes }: { readonly headers: IncomingHttpHeaders; readonly bytes: Buffer },
): Promise<DoorAnswer> {
  const { traceparent } = headers
  return receive(door, {
    senderId,
    contentType: headers['content-type'] ?? '',
    bytes,
    traceparent: typeof traceparent === 'string' && traceparent.length <= 64 ? traceparent : null,
    language: pickLanguage(headers['accept-language']),
  })
}

export const answerType = ({ status }: DoorAnswer): string =>
  status === 202 ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8'

/** `POST /messages` takes custody on a node with the intake role; `GET /messages/{receipt}` tells its sender where every record of it is. */
export function messageRoutes(server: FastifyInstance, deps: MessageRoutes): void {
  const { door } = deps
  if (door !== null) {
    const { largestMessage: bodyLimit, knownSender } = deps
    const onRequest = (request: FastifyRequest, reply: FastifyReply) => admit(deps, request, reply)
    server.post('/messages', { bodyLimit, onRequest }, async (request, reply) => {
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const answer = await takeMessage(door, knownSender.get(request)!, { headers: request.headers, bytes })
      void reply.code(answer.status).header('content-type', answerType(answer))
      return JSON.stringify(answer.body)
    })
  } else {
    // A balancer may not know what a node carries: the sender must keep the message, which a 404 would not say.
    const onRequest = () => Promise.reject(new SluisError('intake-elsewhere', { seconds: 1 }))
    server.post('/messages', { onRequest }, () => '')
  }
  const knownAway = (): boolean => deps.accepting.custodian().state === 'spooling'
  server.get('/messages/:receipt', async (request, reply) => {
    const sender = await deps.access.verifyAccess(request.headers.authorization)
    const { receipt } = request.params as { receipt: string }
    const found = await traceAnywhere({ ...deps, knownAway }, receipt)
    // Another sender's receipt is answered like one that does not exist.
    if (found === null || found.senderId !== sender.id)
      throw new SluisError('receipt-unknown', { receipt: receipt.slice(0, 60) })
    void reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store')
    return JSON.stringify(tellTrace(found, sender.name))
  })
}
