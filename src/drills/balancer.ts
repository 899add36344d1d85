import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A plain TCP balancer before the nodes of a hub. */
export interface Balancer {
  /** On 127.0.0.1. */
  readonly port: number
  readonly url: string
  /** Connections handed to each node so far, in their order. */
  counts(): readonly number[]
  close(): Promise<void>
}

/**
 * Hands each connection to the next node in turn, and on when that one refuses. It knows nothing of HTTP and asks no node
 * how it is, as the simplest balancers in the field; a connection with no node left is reset.
 *
 * @example const balancer = await startBalancer([8081, 8082])
 */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>()
  const counts = ports.map(() => 0)
  let turn = 0
  const keep = (socket: Socket): void => {
    open.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
  }
  const hand = (near: Socket, first: number, tries: number): void => {
    const index = first % ports.length
    const port = ports[index]
    if (port === undefined || tries === ports.length) return void near.resetAndDestroy()
    const far = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    keep(far)
    const next = (): void => hand(near, index + 1, tries + 1)
    far.once('error', next)
    far.once('connect', () => {
      far.removeListener('error', next)
      counts[index] = (counts[index] ?? 0) + 1
      near.on('close', () => far.destroy())
      far.on('close', () => near.destroy())
      near.pipe(far)
      far.pipe(near)
    })
  }
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (near) => {
    keep(near)
    hand(near, turn++, 0)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    counts: () => counts,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of open) socket.resetAndDestroy()
      await closed
    },
  }
}
