import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../access/access.ts'
import { logAccess } from '../access/access-log.ts'
import { SluisError } from '../kernel/errors.ts'
import { receive, type DoorDeps } from '../intake/receive.ts'
import { languages, pickLanguage } from '../kernel/language.ts'
import type { Accepting } from '../ledger/accept.ts'
import { lostMessage } from '../ledger/lost-receipts.ts'
import type { Spool } from '../ledger/spool/spool.ts'
import type { Trace } from '../ledger/trace.ts'
import { traceAnywhere } from '../ledger/trace-spooled.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Database } from '../store/connect.ts'
import type { Sender } from '../store/senders.ts'
import { admit, type Admission } from './admit.ts'
import { knownSenderOf, senderOf } from './sender-of.ts'
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

/** What the door answers, ready to be written. */
interface MessageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Takes custody of what a known sender offered. Throws what `receive` throws. */
export async function takeMessage(
  door: DoorDeps,
  { id, language: own }: Sender,
  { headers, bytes }: { readonly headers: IncomingHttpHeaders; readonly bytes: Buffer },
): Promise<MessageAnswer> {
  const { traceparent } = headers
  const language = pickLanguage(headers['accept-language'], own)
  const { status, body } = await receive(door, {
    senderId: id,
    contentType: headers['content-type'] ?? '',
    bytes,
    traceparent: typeof traceparent === 'string' && traceparent.length <= 64 ? traceparent : null,
    language,
  })
  const text = JSON.stringify(body)
  if (status !== 202) return { status, headers: { ...asProblem, 'content-language': language }, body: text }
  return { status, headers: body.errors === undefined ? asReceipt : asReceiptWithErrors, body: text }
}

const asProblem = { 'content-type': 'application/problem+json; charset=utf-8' } as const
const asReceipt = { 'content-type': 'application/json; charset=utf-8' } as const
// Nothing in it is in one language alone.
const asReceiptWithErrors = { ...asReceipt, 'content-language': languages.join(', ') } as const

const receiptUnknown = (receipt: string): SluisError =>
  new SluisError('receipt-unknown', { receipt: receipt.slice(0, 60) })

/** `POST /messages` takes custody on a node with the intake role; `GET /messages/{receipt}` tells its sender where every record of it is. */
export function messageRoutes(server: FastifyInstance, deps: MessageRoutes): void {
  const { door } = deps
  if (door !== null) {
    const { largestMessage: bodyLimit } = deps
    const onRequest = (request: FastifyRequest, reply: FastifyReply) => admit(deps, request, reply)
    server.post('/messages', { bodyLimit, onRequest }, async (request, reply) => {
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const { status, headers, body } = await takeMessage(door, knownSenderOf(request)!, {
        headers: request.headers,
        bytes,
      })
      void reply.code(status).headers(headers)
      return body
    })
  } else {
    // A balancer may not know what a node carries: the sender must keep the message, which a 404 would not say.
    const onRequest = () => Promise.reject(new SluisError('intake-elsewhere', { seconds: 1 }))
    server.post('/messages', { onRequest }, () => '')
  }
  const absent = async (sender: Sender, receipt: string): Promise<SluisError> => {
    const lost = await lostMessage(deps.db, receipt)
    return lost?.senderId === sender.id ? lost.error : receiptUnknown(receipt)
  }
  const knownAway = (): boolean => deps.accepting.custodian().state === 'spooling'
  server.get('/messages/:receipt', async (request, reply) => {
    // A UUID is read in either case (RFC 9562 section 4).
    const receipt = (request.params as { receipt: string }).receipt.toLowerCase()
    // The router takes nothing for a receipt as well.
    if (receipt === '') throw new SluisError('not-found', { path: '/messages/' })
    const sender = await senderOf(deps.access, request)
    const found = await traceAnywhere({ ...deps, knownAway }, receipt)
    if (found === null) throw await absent(sender, receipt)
    // Another sender's receipt is answered like one that does not exist.
    if (found.senderId !== sender.id) throw receiptUnknown(receipt)
    if (found.state === 'message' && request.method === 'GET') await noteCertificates(deps.db, sender, request, found)
    void reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store')
    return JSON.stringify(tellTrace(found, sender.name))
  })
}

/** A certificate holds a name and a birth date: that its sender is given it is written down first, one line an answer. */
async function noteCertificates(
  db: Database,
  { clientId }: Sender,
  request: FastifyRequest,
  { number, records }: Trace,
): Promise<void> {
  const [first, ...others] = records.filter(({ certificates }) => certificates.length > 0)
  if (first === undefined) return
  await logAccess(db, {
    actor: clientId,
    role: 'sender',
    what: 'certificate',
    purpose: 'own-message',
    outcome: 'given',
    message: number,
    origin: `GET /messages ${request.ip}`,
    trace: request.id,
    ...(others.length > 0 ? {} : { record: first.number }),
    ...(others.length > 0 || first.patient === null ? {} : { patient: first.patient }),
  })
}
