import type { FastifyInstance } from 'fastify'

/**
 * Remembers which methods the routes registered from now on take at which address. Asked when no route fits, so that a wrong
 * method is not told as a wrong address (RFC 9110 section 15.5.6).
 *
 * @example rememberMethods(server)('/messages') // ['POST']
 */
export function rememberMethods(server: FastifyInstance): (path: string) => readonly string[] {
  const routes = new Map<string, { readonly fits: RegExp; readonly methods: Set<string> }>()
  server.addHook('onRoute', ({ url, method }) => {
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
