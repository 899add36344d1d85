import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { afterEach, expect, test, vi } from 'vitest'
import { silentLog } from '../kernel/log.ts'
import { idle, makeDrain } from './drain.ts'
import { makeServer } from './server.ts'

const agent = new Agent({ keepAliveTimeout: 60_000 })
const servers: ReturnType<typeof makeServer>[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function open() {
  const server = makeServer({ acceptedTypes: [], log: silentLog, trustedProxies: [], onTurnedAway: () => undefined })
  servers.push(server)
  const drain = makeDrain(server)
  server.get('/', () => 'here')
  server.get('/slow', async () => {
    await sleep(500)
    return 'here'
  })
  server.post('/', () => 'taken')
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const ask = async (path = '/'): Promise<Record<string, unknown>> => {
    const { headers, body } = await request(`${url}${path}`, { dispatcher: agent })
    expect(await body.text()).toBe('here')
    return headers
  }
  /** Opens a connection, writes to it, and leaves it to the test. */
  const write = async (text: string) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(text)
    // Until the node has read it.
    await sleep(100)
    return socket
  }
  return { url, server, drain, ask, write }
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
  const anew = () => request(url, { dispatcher: new Agent() }).catch(({ code }: { code: string }) => code)
  await expect.poll(anew, { timeout: 5_000, interval: 20 }).toBe('ECONNREFUSED')
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

test('a request that was refused at once leaves the answers of others their time', async () => {
  const { drain, ask, write } = await open()
  const coded = await write('POST / HTTP/1.1\r\nhost: h\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\n')
  coded.destroy()
  let given = false
  const answer = ask('/slow').then(() => (given = true))
  await sleep(100)
  await drain.begin(0)
  expect(given).toBe(true)
  await answer
})

test('a client that left before its answer is not waited for', async () => {
  const { drain, ask, write } = await open()
  const gone = await write('GET /slow HTTP/1.1\r\nhost: h\r\n\r\n')
  gone.destroy()
  await sleep(600)
  await ask()
  const began = performance.now()
  await drain.begin(50)
  expect(performance.now() - began).toBeLessThan(2_000)
})

test('neither one who says nothing nor one who stopped half way through a message keeps a node from ending', async () => {
  const { drain, server, write } = await open()
  const sockets = [
    await write(''),
    await write('POST / HTTP/1.1\r\nhost: h\r\ncontent-type: text/plain\r\ncontent-length: 10\r\n\r\nhalf'),
  ]
  const ended = sockets.map((socket) => new Promise((resolve) => socket.once('close', () => resolve('ended'))))
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const leaving = drain.begin(50)
    await expect.poll(() => drain.draining()).toBe(true)
    // What is half way through counts as being answered: its ten seconds are over.
    vi.setSystemTime(Date.now() + 11_000)
    await leaving
    const closed = server.close().then(() => 'closed')
    expect(await Promise.race([closed, sleep(2_000, 'hangs')])).toBe('closed')
    expect(await Promise.all(ended)).toEqual(['ended', 'ended'])
  } finally {
    vi.useRealTimers()
    for (const socket of sockets) socket.destroy()
  }
})

test('who is connected and not let in yet when a node leaves is served', async () => {
  const { url, drain } = await open()
  const { port } = new URL(url)
  // On loopback they are connected at once, and the loop has had no turn to let them in.
  const answers = Array.from({ length: 20 }, () => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: h\r\n\r\n')
    return new Promise<string>((resolve) => {
      let heard = ''
      socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')))
      socket.on('error', (error) => resolve(error.message))
      socket.on('close', () => resolve(heard))
    })
  })
  await drain.begin(2_000)
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1.1 200 [\s\S]*here$/)
})
