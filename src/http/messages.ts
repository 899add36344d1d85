import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Access } from '../access/access.ts'
import { SluisError } from '../kernel/errors.ts'
import { receive, type DoorAnswer, type DoorDeps } from '../intake/receive.ts'
import { pickLanguage } from '../kernel/language.ts'
import { trace } from '../ledger/trace.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Database } from '../store/connect.ts'
import { tellTrace } from './tell-trace.ts'

export interface MessageRoutes {
  readonly access: Access
  readonly door: DoorDeps | null
  readonly db: Database
  readonly vault: Vault
  /** Remembers whose request this is, for the count of what is turned away. */
  readonly knownSender: WeakMap<object, number>
}

/** Takes custody of what was offered; `known` hears whose it is as soon as that is sure. Throws what `receive` and `verifyAccess` throw. */
export async function takeMessage(
  { access, door }: { readonly access: Access; readonly door: DoorDeps },
  { headers, bytes }: { readonly headers: IncomingHttpHeaders; readonly bytes: Buffer },
  known: (senderId: number) => void,
): Promise<DoorAnswer> {
  const checking = access.verifyAccess(headers.authorization)
  const sender = checking instanceof Promise ? await checking : checking
  known(sender.id)
  const { traceparent } = headers
  return receive(door, {
    senderId: sender.id,
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
    server.post('/messages', async (request, reply) => {
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const offered = { headers: request.headers, bytes }
      const answer = await takeMessage({ ...deps, door }, offered, (id) => deps.knownSender.set(request, id))
      void reply.code(answer.status).header('content-type', answerType(answer))
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
