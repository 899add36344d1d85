import type { FastifyInstance } from 'fastify'
import { SluisError } from '../../kernel/errors.ts'
import { assetsVersion, loadAssets } from '../../web/assets.ts'

/**
 * Static files: `/static/<name>?v=<version>`. With the version of this node in the address they are kept for a year; without
 * one, or with that of another node, they are asked after by their hash.
 */
export function staticRoutes(server: FastifyInstance): void {
  const assets = loadAssets()
  const version = assetsVersion(assets)
  server.get('/static/:name', { config: { action: 'see-contract' } }, async (request, reply) => {
    const { name } = request.params as { name: string }
    const asset = assets.get(name)
    if (asset === undefined) throw new SluisError('not-found', { path: `/static/${name.slice(0, 60)}` })
    const { v } = request.query as { v?: unknown }
    // While nodes are restarted one by one, a page of the new version gets files of the old: never under the new address.
    const kept = v === version || name.endsWith('.woff2') ? 'public, max-age=31536000, immutable' : 'no-cache'
    void reply.header('etag', asset.etag).header('cache-control', kept).header('vary', 'accept-encoding')
    if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send()
    void reply.header('content-type', asset.type)
    if (asset.gzip === null || !(request.headers['accept-encoding'] ?? '').includes('gzip')) {
      return reply.send(asset.bytes)
    }
    return reply.header('content-encoding', 'gzip').send(asset.gzip)
  })
  server.get('/favicon.ico', { config: { action: 'see-contract' } }, async (_request, reply) =>
    reply.redirect('/static/mark.svg', 301),
  )
}
