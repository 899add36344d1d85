import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWebhookSecret, signWebhook, verifyWebhook } from '../../src/access/webhook-signature.ts'
import { registerSender } from '../../src/access/clients.ts'
import { makeClient } from '../../src/access/clients.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { seal } from '../../src/kernel/keys.ts'
import { tellOnce, webhookBound } from '../../src/status/webhooks.ts'
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
  const client = await makeClient('pharmacy')
  const sender = await registerSender(line.db, {
    clientId: client.clientId,
    name: 'P',
    kind: 'pharmacy',
    publicJwks: [client.publicJwk],
  })
  senderId = sender.id
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  await setWebhook(line.db, senderId, url, seal(line.vault.keys.wrap, Buffer.from(secret), webhookBound(senderId)))
})
afterAll(async () => {
  receiver.close()
  await line.close()
})

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
