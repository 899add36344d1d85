import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export type LineState = 'up' | 'down' | 'half-open'

/** A listening port whose line can be cut, or that takes bytes and never answers. */
export interface Line {
  readonly port: number
  state(): LineState
  set(state: LineState): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a port on loopback and gives its requests to `handle` while the line is up.
 *
 * `down`: the port is closed and all connections are reset, so that a caller is refused. `half-open`: connections are taken
 * and what is sent on them is thrown away; nothing ever comes back. The port stays the same through all of it.
 *
 * @param port 0 = any free one
 */
export async function openLine(
  port: number,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Line> {
  let state: LineState = 'up'
  const http = createHttpServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    // A connection that was open before the line became half-open still reaches this point.
    if (state === 'up') handle(request, response)
    else request.resume()
  })
  const sockets = new Set<Socket>()
  /** Taken while the line was half-open: nobody listens to them, and a caller must not find one when it is up again. */
  const deaf = new Set<Socket>()
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      deaf.delete(socket)
    })
    socket.on('error', () => socket.destroy())
    if (state === 'up') http.emit('connection', socket)
    else deaf.add(socket.resume())
  })
  const actual = await listen(listener, port)

  const hangUp = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => listener.close(() => resolve()))
    for (const socket of sockets) socket.resetAndDestroy()
    await closed
  }
  const apply = async (next: LineState): Promise<void> => {
    const before = state
    state = next
    if (next === 'down' && before !== 'down') await hangUp()
    if (next !== 'down' && before === 'down') await listen(listener, actual)
    if (next === 'up') for (const socket of deaf) socket.resetAndDestroy()
  }
  // One change at a time: a second one that overtook a closing listener would find its port taken.
  let changes = Promise.resolve()
  const set = (next: LineState): Promise<void> => (changes = changes.then(() => apply(next)))

  return { port: actual, state: () => state, set, close: () => set('down') }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
