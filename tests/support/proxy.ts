import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * What the line does.
 *
 * `pass`: carries bytes both ways. `half-open`: every connection stays open and nothing arrives, not even its end.
 * `forgetful`: carries new connections; those that were half-open stay so, and neither end is told.
 * `cut`: every connection is reset, new ones at once. `refuse`: every connection is reset and nobody listens.
 */
export type LineMode = 'pass' | 'half-open' | 'forgetful' | 'cut' | 'refuse'

export interface Proxy {
  /** On 127.0.0.1; stays the same in every mode. */
  readonly port: number
  mode(mode: LineMode): Promise<void>
  close(): Promise<void>
}

/**
 * A TCP line with faults to a port or a Unix socket. Connections that were half-open are reset when the mode changes, as
 * a host that comes back does with those it no longer knows.
 *
 * @example
 * const line = await startProxy({ port: 5432 })
 * await line.mode('half-open')
 */
export async function startProxy(target: { host?: string; port: number } | { path: string }): Promise<Proxy> {
  const options: NetConnectOpts = 'path' in target ? target : { host: target.host ?? '127.0.0.1', port: target.port }
  const open = new Set<Socket>()
  const silent = new WeakSet<Socket>()
  let current: LineMode = 'pass'

  const keep = (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
  }
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (near) => {
    keep(near)
    if (current === 'half-open') {
      silent.add(near)
      return
    }
    if (current !== 'pass' && current !== 'forgetful') {
      near.resetAndDestroy()
      return
    }
    const far = connect({ ...options, allowHalfOpen: true })
    keep(far)
    // An end is carried over by `pipe`; a break is carried over here, but not while the line swallows everything.
    near.on('close', () => !silent.has(near) && far.destroy())
    far.on('close', () => !silent.has(far) && near.resetAndDestroy())
    near.pipe(far)
    far.pipe(near)
  })
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.removeListener('error', reject)
        resolve()
      })
    })
  const stopListening = () => new Promise<void>((resolve) => server.close(() => resolve()))
  const resetAll = () => {
    for (const socket of open) reset(socket)
  }
  await listen(0)
  const { port } = server.address() as AddressInfo

  return {
    port,
    mode: async (mode) => {
      const before = current
      if (mode === before) return
      current = mode
      if (mode === 'half-open') {
        for (const socket of open) {
          silent.add(socket)
          socket.unpipe().pause()
        }
      } else if (mode !== 'forgetful' && (mode !== 'pass' || before === 'half-open')) resetAll()
      if (mode === 'refuse') await stopListening()
      if (before === 'refuse') await listen(port)
    },
    close: async () => {
      current = 'refuse'
      const closed = server.listening ? stopListening() : undefined
      resetAll()
      await closed
    },
  }
}

/** A Unix socket knows no reset: there the other side sees an end. */
function reset(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy()
  else socket.resetAndDestroy()
}
