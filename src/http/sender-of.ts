import type { FastifyRequest } from 'fastify'
import type { Access } from '../access/access.ts'
import { pickLanguage, type Language } from '../kernel/language.ts'
import type { Sender } from '../store/senders.ts'

/** Whose requests under way are, as far as it is proven. */
const known = new WeakMap<object, Sender>()

/** The sender of a request by its token, remembered with it. Throws what `verifyAccess` throws. */
export async function senderOf(access: Pick<Access, 'verifyAccess'>, request: FastifyRequest): Promise<Sender> {
  const sender = await access.verifyAccess(request.headers.authorization)
  known.set(request, sender)
  return sender
}

/** The sender of a request that was asked for before; undefined when none was proven. */
export const knownSenderOf = (request: FastifyRequest): Sender | undefined => known.get(request)

/** The language a request is answered in: what it asks for, else that of its sender once it is known, else `nl`. */
export const languageOf = (request: FastifyRequest): Language =>
  pickLanguage(request.headers['accept-language'], known.get(request)?.language)
