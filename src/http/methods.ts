import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { SluisError } from '../kernel/errors.ts'

/** What an address is refused with that takes nothing, or not this method; for the latter it sets `Allow`. */
export type RefuseAddress = (request: FastifyRequest, reply: FastifyReply) => SluisError

/** Under which name the server gives it to whoever answers for the addresses that are left. */
export const refuseAddress = 'refuseAddress'

/**
 * Gives what an address without a route is refused with: `not-found`, or `method-other` where others would be taken. Looks
 * at the routes registered from now on.
 */
export function makeRefuseAddress(server: FastifyInstance): RefuseAddress {
  const methodsAt = rememberMethods(server)
  return (request, reply) => {
    const path = request.url.slice(0, 200).split('?')[0] ?? '/'
    const methods = methodsAt(path).join(', ')
    if (methods === '') return new SluisError('not-found', { path })
    void reply.header('allow', methods)
    return new SluisError('method-other', { path, method: request.method, methods })
  }
}

/** What stands for every address that is left is an address of nothing. */
const allOthers = '/*'

/**
 * Remembers which methods the routes registered from now on take at which address. Asked when no route fits, so that a wrong
 * method is not told as a wrong address (RFC 9110 section 15.5.6).
 *
 * @example rememberMethods(server)('/messages') // ['POST']
 */
function rememberMethods(server: FastifyInstance): (path: string) => readonly string[] {
  const routes = new Map<string, { readonly fits: RegExp; readonly methods: Set<string> }>()
  server.addHook('onRoute', ({ url, method }) => {
    if (url === allOthers) return
    const known = routes.get(url) ?? { fits: patternOf(url), methods: new Set() }
    for (const each of [method].flat()) known.methods.add(each)
    routes.set(url, known)
  })
  return (path) => {
    const found = [...routes.values()].filter(({ fits }) => fits.test(path))
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].toSorted()
  }
}

/** `:name` stands for one piece of a path, `*` for all the rest. */
function patternOf(url: string): RegExp {
  const pieces = url.split('/').map((piece) => {
    if (piece.startsWith(':')) return '[^/]+'
    return piece === '*' ? '.*' : piece.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  })
  return new RegExp(`^${pieces.join('/')}$`)
}
