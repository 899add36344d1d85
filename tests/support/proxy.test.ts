import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { startBalancer } from '../../src/drills/balancer.ts'
import { startProxy } from './proxy.ts'

const closing: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close()
})

/** Answers every piece with its name in front. */
async function startEcho(name: string, port = 0): Promise<{ server: Server; port: number; seen: string[] }> {
  const seen: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      seen.push(String(bytes))
      socket.write(`${name}:${String(bytes)}`)
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  closing.push(server)
  return { server, port: (server.address() as AddressInfo).port, seen }
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  closing.push({ close: () => socket.destroy() })
  return socket
}

// Not `once` of node:events, which fails on the error that a reset is.
function closed(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve))
}

async function say(socket: Socket, words: string): Promise<string> {
  const answer = once(socket, 'data')
  socket.write(words)
  return String((await answer)[0])
}

test('a half-open line swallows everything on connections old and new, and resets them when it comes back', async () => {
  const echo = await startEcho('a')
  const line = await startProxy({ port: echo.port })
  closing.push(line)
  const old = await open(line.port)
  expect(await say(old, 'one')).toBe('a:one')

  await line.mode('half-open')
  const heard: string[] = []
  const fresh = await open(line.port)
  for (const socket of [old, fresh]) {
    socket.on('data', (bytes) => heard.push(String(bytes)))
    socket.on('close', () => heard.push('closed'))
    socket.write('lost')
  }
  await sleep(100)
  expect(heard).toEqual([])
  expect(echo.seen).toEqual(['one'])

  const ends = [closed(old), closed(fresh)]
  await line.mode('pass')
  await Promise.all(ends)
  expect(await say(await open(line.port), 'two')).toBe('a:two')
  expect(echo.seen).toEqual(['one', 'two'])
})

test('a cut line resets, a refusing one is not there, and both come back on the same port', async () => {
  const echo = await startEcho('a')
  const line = await startProxy({ port: echo.port })
  closing.push(line)
  const old = await open(line.port)
  const end = closed(old)
  await line.mode('cut')
  await end
  const cut = connect(line.port, '127.0.0.1')
  await expect(once(cut, 'data')).rejects.toMatchObject({ code: 'ECONNRESET' })
  await line.mode('refuse')
  await expect(open(line.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await line.mode('pass')
  expect(await say(await open(line.port), 'one')).toBe('a:one')
})

test('the balancer takes backends in turn and passes over one that refuses', async () => {
  const [a, b] = [await startEcho('a'), await startEcho('b')]
  const balancer = await startBalancer([a.port, b.port])
  closing.push(balancer)
  const names = async (count: number) => {
    const answers: string[] = []
    for (let turn = 0; turn < count; turn += 1) answers.push((await say(await open(balancer.port), 'x')).slice(0, 1))
    return answers.join('')
  }
  expect(await names(4)).toBe('abab')
  b.server.close()
  expect(await names(4)).toBe('aaaa')
  await startEcho('b', b.port)
  expect(await names(2)).toBe('ab')
  expect(balancer.counts()).toEqual([7, 3])
  a.server.close()
  const none = await startBalancer([])
  closing.push(none)
  await expect(once(connect(none.port, '127.0.0.1'), 'data')).rejects.toMatchObject({ code: 'ECONNRESET' })
})
