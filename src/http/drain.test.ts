import { Agent, request } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { silentLog } from '../kernel/log.ts'
import { idle, makeDrain } from './drain.ts'
import { makeServer } from './server.ts'

const agent = new Agent({ keepAliveTimeout: 60_000 })
const servers: ReturnType<typeof makeServer>[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function open() {
  const server = makeServer({ acceptedTypes: [], log: silentLog, onTurnedAway: () => undefined })
  servers.push(server)
  const drain = makeDrain(server)
  server.get('/', () => 'here')
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const ask = async (): Promise<Record<string, unknown>> => {
    const { headers, body } = await request(url, { dispatcher: agent })
    expect(await body.text()).toBe('here')
    return headers
  }
  return { url, drain, ask }
}

test('a client is told how long it may keep a connection, less than the server keeps it', async () => {
  const { ask } = await open()
  expect(await ask()).toMatchObject({
    connection: 'keep-alive',
    'keep-alive': `timeout=${idle.toldMilliseconds / 1_000}`,
  })
  expect(idle.keptMilliseconds).toBeGreaterThan(idle.toldMilliseconds)
})

test('a leaving node serves who is connected and tells them to go; it ends as soon as they are gone', async () => {
  const { url, drain, ask } = await open()
  await ask()
  let over = false
  const leaving = drain.begin(60_000).then(() => (over = true))
  expect(await request(url, { dispatcher: new Agent() }).catch(({ code }: { code: string }) => code)).toBe(
    'ECONNREFUSED',
  )
  expect([over, drain.draining()]).toEqual([false, true])
  // Over the connection that was there before.
  expect(await ask()).toMatchObject({ connection: 'close' })
  await leaving
  expect(over).toBe(true)
})

test('a client that stays idle is waited for no longer than told', async () => {
  const { drain, ask } = await open()
  await ask()
  await drain.begin(50)
  expect(drain.draining()).toBe(true)
})
