import net from 'node:net'
import type { FastifyInstance } from 'fastify'

/** Lets a node leave without refusing anybody: a balancer sees a closed door, those inside are served and sent elsewhere. */
export interface Drain {
  readonly draining: () => boolean
  /** Closes the door, tells every connection to end after its next answer, waits `milliseconds`, then ends the idle ones. */
  begin(milliseconds: number): Promise<void>
}

export function makeDrain(server: FastifyInstance): Drain {
  let draining = false
  let underWay = 0
  server.addHook('onRequest', (_request, reply, done) => {
    underWay += 1
    if (draining) void reply.header('connection', 'close')
    done()
  })
  server.addHook('onResponse', (_request, _reply, done) => {
    underWay -= 1
    done()
  })
  return {
    draining: () => draining,
    async begin(milliseconds) {
      draining = true
      // http.Server.close would end idle connections at once, and a request already on its way would be lost.
      net.Server.prototype.close.call(server.server)
      const until = Date.now() + milliseconds
      while (Date.now() < until || (underWay > 0 && Date.now() < until + 10_000)) {
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
      server.server.closeIdleConnections()
    },
  }
}
