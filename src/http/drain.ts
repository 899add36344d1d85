import net from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/** Lets a node leave without refusing anybody: a balancer sees a closed door, those inside are served and sent elsewhere. */
export interface Drain {
  readonly draining: () => boolean
  /** Counts a request that comes past the hooks as under way; gives what counts it as answered. */
  enter(): () => void
  /**
   * Closes the door and tells every connection to end after its next answer. Resolves when nobody is connected any more,
   * after `milliseconds` at the latest; what is being answered then has ten seconds more. Then every connection is ended.
   */
  begin(milliseconds: number): Promise<void>
}

const lookMilliseconds = 25
const answerMilliseconds = 10_000

/** How long a node that is never at rest goes on letting in. */
const letInMilliseconds = 1_000

/**
 * Closing a door resets whoever stands before it: connected, and not let in yet. Each turn of the loop lets in one of them,
 * so the door is closed right after a turn in which nobody came.
 */
async function letAllIn(letIn: () => number): Promise<void> {
  const end = performance.now() + letInMilliseconds
  // The rest of the turn under way lets nobody in.
  await nextTurn()
  for (let before = -1; before !== letIn() && performance.now() < end; await nextTurn()) before = letIn()
}

/**
 * How long a client may keep an idle connection, told with every answer (`Keep-Alive: timeout=`), and how long the server
 * really keeps it. A client that keeps to what it is told never sends into a connection that a leaving node ends.
 */
export const idle = { toldMilliseconds: 5_000, keptMilliseconds: 72_000 } as const

export function makeDrain(server: FastifyInstance): Drain {
  let draining = false
  let underWay = 0
  let [connected, letIn] = [0, 0]
  server.server.keepAliveTimeoutBuffer = idle.keptMilliseconds - idle.toldMilliseconds
  server.server.on('connection', (socket: net.Socket) => {
    connected += 1
    letIn += 1
    socket.once('close', () => (connected -= 1))
  })
  const enter = (): (() => void) => {
    underWay += 1
    return () => (underWay -= 1)
  }
  server.addHook('onRequest', (_request, reply, done) => {
    // Not the hook onResponse: it is silent when a client leaves, and speaks of a request that was refused before this hook.
    reply.raw.once('close', enter())
    if (draining) void reply.header('connection', 'close')
    done()
  })
  return {
    draining: () => draining,
    enter,
    async begin(milliseconds) {
      // Before anybody is told to go: those would stand at the door again.
      await letAllIn(() => letIn)
      draining = true
      // http.Server.close would end idle connections at once, and a request already on its way would be lost.
      net.Server.prototype.close.call(server.server)
      const until = Date.now() + milliseconds
      while (connected > 0 && (Date.now() < until || (underWay > 0 && Date.now() < until + answerMilliseconds))) {
        await sleep(lookMilliseconds)
      }
      // All: one that is silent or half through a message never ends, and the time limits of the server end with its close.
      server.server.closeAllConnections()
    },
  }
}
