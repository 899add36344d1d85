import fastify from 'fastify'
import { expect, test } from 'vitest'
import { assetsVersion, loadAssets } from '../../web/assets.ts'
import { staticRoutes } from './statics.ts'

test('only under the address of its own version is a file kept for a year', async () => {
  const server = fastify()
  staticRoutes(server)
  const kept = async (path: string) => {
    const { statusCode, headers } = await server.inject({ url: path })
    return [statusCode, headers['cache-control']]
  }
  const forAYear = 'public, max-age=31536000, immutable'
  const version = assetsVersion(loadAssets())
  expect(await kept(`/static/live.js?v=${version}`)).toEqual([200, forAYear])
  // A page of another node asked for it: what is given here is not what that page means.
  expect(await kept('/static/live.js?v=other')).toEqual([200, 'no-cache'])
  expect(await kept(`/static/live.js?v=${version}&v=${version}`)).toEqual([200, 'no-cache'])
  expect(await kept('/static/live.js')).toEqual([200, 'no-cache'])
  await server.close()
})
