import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../access/access.ts'
import { SluisError } from '../kernel/errors.ts'
import type { BodyRoom } from './body-room.ts'
import { senderOf } from './sender-of.ts'

export interface Admission {
  readonly access: Pick<Access, 'verifyAccess'>
  readonly room: BodyRoom
}

/** What a refused sender is told when there is no room for its message now. */
export const noRoom = (): SluisError => new SluisError('intake-full', { seconds: 2 })

/**
 * Lets an offer in before a byte of its body is kept: whose it is, and whether there is room for it. So a stranger costs no
 * memory however much it sends, and what is known costs what the room holds.
 *
 * Throws what `verifyAccess` throws, or `intake-full`.
 */
export async function admit({ access, room }: Admission, request: FastifyRequest, reply: FastifyReply) {
  const most = request.routeOptions.bodyLimit
  try {
    const sender = await senderOf(access, request)
    const leave = room.take(sender.id, Math.min(declared(request.headers), most))
    if (leave === null) throw noRoom()
    reply.raw.once('close', leave)
  } catch (error) {
    // The rest of a short body is read past; of a long one it is not, and the connection ends with the answer.
    if (declared(request.headers) > most) void reply.header('connection', 'close')
    throw error
  }
}

/** Bytes that may come, as far as the head tells; without end when it does not. */
function declared(headers: IncomingHttpHeaders): number {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : Number.POSITIVE_INFINITY
}
