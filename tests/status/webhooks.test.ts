import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createRawServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeWebhookSecret, signWebhook, verifyWebhook } from '../../src/access/webhook-signature.ts'
import { registerSender } from '../../src/access/clients.ts'
import { makeClient } from '../../src/access/clients.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { seal } from '../../src/kernel/keys.ts'
import { tellOnce, webhookBound } from '../../src/status/webhooks.ts'
import { endSender } from '../../src/store/senders.ts'
import { setWebhook } from '../../src/store/webhooks.ts'
import { openLine, type Line } from '../support/line.ts'

let line: Line
let status = 200
const heard: { headers: IncomingMessage['headers']; body: string }[] = []
const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    heard.push({ headers: request.headers, body })
    response.writeHead(status).end()
  })
})
const secret = makeWebhookSecret()
let senderId = 0

beforeAll(async () => {
  line = await openLine()
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  senderId = await registered('P')
  await listensAt(senderId, (receiver.address() as AddressInfo).port)
})
afterAll(async () => {
  receiver.close()
  await line.close()
})

async function registered(name: string): Promise<number> {
  return (await registeredClient(name)).id
}

async function registeredClient(name: string): Promise<{ id: number; clientId: string }> {
  const { clientId, publicJwk } = await makeClient('pharmacy')
  const { id } = await registerSender(line.db, { clientId, name, kind: 'pharmacy', publicJwks: [publicJwk] })
  return { id, clientId }
}

const listensAt = (sender: number, port: number): Promise<void> =>
  setWebhook(
    line.db,
    sender,
    `http://127.0.0.1:${port}/hook`,
    seal(line.vault.keys.wrap, Buffer.from(secret), webhookBound(sender)),
  )

/** A receiver that answers with `begins`, and then with one `drop` after the other, for ever. */
async function dripping(begins: string, drop: string): Promise<{ port: number; open: Set<Socket> }> {
  const open = new Set<Socket>()
  const server = createRawServer((socket) => {
    open.add(socket.on('error', () => undefined))
    let drip: NodeJS.Timeout | undefined
    socket.once('data', () => {
      socket.write(begins)
      drip = setInterval(() => socket.write(drop), 20)
    })
    socket.on('close', () => (open.delete(socket), clearInterval(drip)))
  })
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, open }
}

/** Other databases of the server hold the common snapshot up for moments: waits until so many webhooks were taken. */
const told = (count: number): Promise<void> => expect.poll(() => tellOnce(deps()), { timeout: 10_000 }).toBe(count)

const deps = () => ({
  db: line.db,
  vault: line.vault,
  log: silentLog,
  sign: (key: string, id: string, at: Date, body: string) => ({ ...signWebhook(key, id, at, body) }),
})

test('a refusal reaches the sender, signed, once it was taken', async () => {
  await line.accept('{"not": "a form"', 'm-1', senderId)
  await line.work()
  await told(1)
  expect(verifyWebhook([secret], heard[0]!.headers, heard[0]!.body)).toEqual({ state: 'genuine' })
  expect(JSON.parse(heard[0]!.body)).toMatchObject({ events: [{ state: 'unreadable', messageId: 'm-1' }] })
  expect(await tellOnce(deps())).toBe(0)
})

test('what was not taken comes again under the same number, whatever came since', async () => {
  await line.accept('[', 'm-2', senderId)
  await line.work()
  status = 500
  const before = heard.length
  await expect.poll(async () => (await tellOnce(deps()), heard.length), { timeout: 10_000 }).toBe(before + 1)
  await line.accept('[', 'm-later', senderId)
  await line.work()
  status = 200
  await line.db.query({ text: 'update webhook set due_at = now()' })
  await told(1)
  const [first, second] = heard.slice(-2)
  expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id'])
  expect(second!.body).toBe(first!.body)
  await told(1)
  expect(JSON.parse(heard.at(-1)!.body)).toMatchObject({ events: [{ messageId: 'm-later' }] })
})

test('a sender hears nothing of another sender', async () => {
  const before = heard.length
  await line.accept('[', 'm-3', senderId + 1)
  await line.work()
  expect(await tellOnce(deps())).toBe(0)
  expect(heard).toHaveLength(before)
})

test('an ended client is told nothing more, also not of what waited to be told', async () => {
  const other = await registeredClient('ends')
  await listensAt(other.id, (receiver.address() as AddressInfo).port)
  await line.accept('[', 'm-ended', other.id)
  await line.accept('[', 'm-stays', senderId)
  await line.work()
  await endSender(line.db, other.clientId)
  let taken = 0
  await expect.poll(async () => (taken += await tellOnce(deps())), { timeout: 10_000 }).toBe(1)
  expect(await tellOnce(deps())).toBe(0)
  expect(heard.map(({ body }) => body).join()).toContain('m-stays')
  expect(heard.map(({ body }) => body).join()).not.toContain('m-ended')
})

test('a receiver that took its events and never ends its answer holds up nobody', async () => {
  const { port, open } = await dripping('HTTP/1.1 200 OK\r\n\r\n', 'x')
  const other = await registered('drips a body')
  await listensAt(other, port)
  await line.accept('[', 'm-4', other)
  await line.accept('[', 'm-4', senderId)
  await line.work()
  let taken = 0
  const patient = { ...deps(), timeoutMs: 2_000 }
  await expect.poll(async () => (taken += await tellOnce(patient)), { timeout: 5_000 }).toBe(2)
  expect(JSON.parse(heard.at(-1)!.body)).toMatchObject({ events: [{ messageId: 'm-4' }] })
  // Not waited for, and let go when the time of a call is over.
  await expect.poll(() => open.size, { timeout: 5_000 }).toBe(0)
})

test('a receiver that never comes to its status has not taken its events, and holds up nobody for longer than a call', async () => {
  const { port } = await dripping('', 'HTTP/1.1 103 Early Hints\r\n\r\n')
  const other = await registered('drips hints')
  await listensAt(other, port)
  await line.accept('[', 'm-5', other)
  await line.accept('[', 'm-5', senderId)
  await line.work()
  let taken = 0
  const look = async () => {
    taken += await tellOnce({ ...deps(), timeoutMs: 300 })
    const { rows } = await line.db.query<{ failures: number }>({
      text: 'select failures from webhook where sender_id = $1',
      values: [other],
    })
    return { taken, failures: rows[0]?.failures }
  }
  await expect.poll(look, { timeout: 5_000 }).toEqual({ taken: 1, failures: 1 })
  expect(JSON.parse(heard.at(-1)!.body)).toMatchObject({ events: [{ messageId: 'm-5' }] })
})
