import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requireRight } from '../../access/rights.ts'
import { SluisError } from '../../kernel/errors.ts'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'
import { readerView } from './reader.ts'
import { makeTicker } from './ticker.ts'

/** A part of a page that follows the hub: read once for all who look at it, shown in the language of each. */
export interface LivePart<Facts> {
  read(): Promise<Facts>
  /** Null when there is nothing to show any more. */
  show(view: View, facts: Facts): string | null
}

/** The live part of a page, by the name in the address and what it is about; null when there is none. */
export type LiveParts = (page: string, of: string) => LivePart<unknown> | null

/** So many readers at once on one node; the next is told to come back, and has its page all the same. */
const mostReaders = 300

/** `GET /live/<page>[/<of>]`: server-sent events with the whole inside of the live part each time. */
export function liveRoutes(server: FastifyInstance, deps: ConsoleDeps, parts: LiveParts): void {
  const ticker = makeTicker(deps)
  server.addHook('onClose', async () => ticker.stop())
  const open = async (request: FastifyRequest, page: string, of: string) => {
    const session = await deps.sessions.find(request.headers.cookie)
    requireRight(session?.person.role ?? 'nobody', page === 'trace' ? 'see-trace' : 'see-operations')
    const part = parts(page, of)
    if (part === null) throw new SluisError('not-found', { path: `/live/${page.slice(0, 40)}` })
    if (ticker.readers() >= mostReaders) throw new SluisError('live-full', { seconds: 30 })
    return { part, view: () => readerView(request, session, deps.now()) }
  }
  for (const path of ['/live/:page', '/live/:page/:of']) {
    server.get(path, { config: { action: 'see-operations' } }, async (request, reply) => {
      const { page, of = '' } = request.params as { page: string; of?: string }
      const { part, view } = await open(request, page, of)
      reply.hijack()
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // A proxy that collects before it passes on would hold the stream back.
        'x-accel-buffering': 'no',
      })
      ticker.join(`${page} ${of}`, part, {
        raw: reply.raw,
        view,
        stillHere: async () => (await deps.sessions.find(request.headers.cookie).catch(() => null)) !== null,
      })
      return reply
    })
  }
}
