import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src/store/connect.ts'
import { startProxy } from '../support/proxy.ts'
import { honest, startFakeDestination } from './fake-destination.ts'
import { makeWorld, until } from './world.ts'

test('answers that came while the database was away are not lost, and nothing is sent twice as two things', async () => {
  const world = await makeWorld()
  const sciensano = await startFakeDestination()
  onTestFinished(() => sciensano.stop())
  const target = new URL(world.url)
  // A host that is a folder is a Unix socket.
  const folder = decodeURIComponent(target.hostname)
  const port = Number(target.port || '5432')
  const line = await startProxy(
    folder.startsWith('/') ? { path: `${folder}/.s.PGSQL.${port}` } : { host: folder, port },
  )
  onTestFinished(() => line.close())
  const through = connect({
    url: `postgresql://${target.username}:${target.password}@127.0.0.1:${line.port}${target.pathname}`,
    connections: 5,
    queryTimeout: 500,
  })
  onTestFinished(() => through.close())
  await world.put(...Array.from({ length: 60 }, () => ({})))
  sciensano.behave = async (posted, response, self) => {
    await new Promise((resolve) => setTimeout(resolve, 30))
    await honest(posted, response, self)
  }
  const delivery = world.deliver({ sciensano: sciensano.url }, { concurrency: 4, leaseMs: 2_000 }, 'test', through)
  await until(
    async () => sciensano.posts.length,
    (posts) => posts >= 8,
  )
  await line.mode('half-open')
  await new Promise((resolve) => setTimeout(resolve, 800))
  await line.mode('cut')
  await line.mode('pass')
  await until(
    () => world.states(),
    ({ acknowledged }) => acknowledged === 60,
  )
  expect([...sciensano.effects.values()].filter((count) => count !== 1)).toEqual([])
  await delivery.stop()
})
