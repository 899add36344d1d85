import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../watch/metrics.ts'

/** What a balancer and a person want to know of this node. `ready` decides the status of `/readyz`. */
export interface NodeHealth {
  readonly ready: boolean
  readonly node: string
  readonly version: string
  readonly roles: readonly string[]
  readonly database: 'there' | 'away'
  readonly custodian: string
  readonly spool: {
    readonly frames: number
    readonly bytes: number
    readonly oldest: string | null
    readonly full: boolean
    /** Messages the database refused, which it keeps. */
    readonly aside: number
    /** When the oldest of them was set aside. */
    readonly asideSince: string | null
  }
  readonly draining: boolean
}

/** `/healthz` (the process lives), `/readyz` (send me work), `/metrics` (Prometheus). */
export function healthRoutes(server: FastifyInstance, deps: { health: () => NodeHealth; metrics: Metrics }): void {
  server.get('/healthz', async () => ({ alive: true, node: deps.health().node, version: deps.health().version }))
  server.get('/readyz', async (_request, reply) => {
    const health = deps.health()
    void reply.code(health.ready ? 200 : 503).header('cache-control', 'no-store')
    return health
  })
  server.get('/metrics', async (_request, reply) => {
    showSpool(deps.metrics, deps.health())
    void reply.header('content-type', deps.metrics.registry.contentType)
    return deps.metrics.registry.metrics()
  })
}

function showSpool(metrics: Metrics, { spool, custodian }: NodeHealth): void {
  metrics.spoolFrames.set(spool.frames)
  metrics.spoolBytes.set(spool.bytes)
  metrics.spoolAge.set(spool.oldest === null ? 0 : Math.max(0, (Date.now() - Date.parse(spool.oldest)) / 1_000))
  metrics.custodian.reset()
  metrics.custodian.set({ state: custodian }, 1)
}
