import { createServer, type ServerResponse } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { WholeRequest } from './whole-request.ts'

const heard: string[] = []
let stop: () => void = () => undefined
afterEach(() => {
  heard.length = 0
  stop()
})

const echo = (request: WholeRequest, response: ServerResponse): void => {
  request.on('error', () => heard.push('broken off'))
  request.takeWhole((body) => {
    heard.push(body.toString())
    response.end(`got ${body.length}`)
  })
}

/** A server whose requests are `taken`, and a connection to it that gathers what comes back. */
async function connected(taken: (request: WholeRequest, response: ServerResponse) => void) {
  const server = createServer({ IncomingMessage: WholeRequest }, taken)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = net.connect({ port: (server.address() as AddressInfo).port, noDelay: true })
  let answers = ''
  socket.on('data', (piece) => (answers += piece.toString()))
  socket.on('error', () => undefined)
  stop = () => {
    socket.destroy()
    server.closeAllConnections()
    server.close()
  }
  return { socket, answers: () => [...answers.matchAll(/got (\d+)/g)].map(([, length]) => Number(length)) }
}

const head = (length: number): string => `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`

test('a body that comes in pieces is taken once, whole', async () => {
  const { socket, answers } = await connected(echo)
  socket.write(`${head(11)}hello`)
  await sleep(30)
  expect(heard).toEqual([])
  socket.write(' wo')
  await sleep(10)
  socket.write('rld')
  await expect.poll(answers).toEqual([11])
  expect(heard).toEqual(['hello world'])
})

test('requests behind each other on one connection each have their own body, an empty one too', async () => {
  const { socket, answers } = await connected(echo)
  socket.write(`${head(3)}one${head(0)}${head(5)}three`)
  await expect.poll(answers).toEqual([3, 0, 5])
  socket.write(`${head(4)}four`)
  await expect.poll(answers).toEqual([3, 0, 5, 4])
  expect(heard).toEqual(['one', '', 'three', 'four'])
})

test('a body that is asked for after it came is still whole', async () => {
  const { socket, answers } = await connected((request, response) => {
    void sleep(40).then(() => echo(request, response))
  })
  socket.write(`${head(11)}hello `)
  await sleep(10)
  socket.write('world')
  await expect.poll(answers).toEqual([11])
  expect(heard).toEqual(['hello world'])
})

test('a request that breaks off in its body is never taken, and says so', async () => {
  const { socket } = await connected(echo)
  socket.write(`${head(11)}hello`)
  await sleep(20)
  socket.destroy()
  await expect.poll(() => heard).toEqual(['broken off'])
})

test('whoever does not ask gets a stream, and the connection goes on after an answer that nobody read for', async () => {
  const { socket, answers } = await connected((request, response) => {
    if (request.headers['content-length'] === '2') response.end('got 0')
    else {
      let length = 0
      request.on('data', (piece: Buffer) => (length += piece.length))
      request.on('end', () => response.end(`got ${length}`))
    }
  })
  socket.write(`${head(2)}no${head(3)}yes`)
  await expect.poll(answers).toEqual([0, 3])
})

test('what comes after an answer that nobody read for is given back at once, but not what shares its memory', async () => {
  await using request = new WholeRequest(new net.Socket())
  request._dump()
  const own = Buffer.from(new ArrayBuffer(10))
  const shared = Buffer.from(new ArrayBuffer(20), 5, 10)
  for (const piece of [own, shared]) expect(request.push(piece)).toBe(true)
  expect([own.length, shared.length]).toEqual([0, 10])
})
