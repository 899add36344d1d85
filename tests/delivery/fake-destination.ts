import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hash } from 'node:crypto'

export interface Posted {
  readonly uid: string
  readonly path: string
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

/** What the fake makes of a post; returning nothing means: the honest answer. */
export type Behave = (posted: Posted, response: ServerResponse, fake: FakeDestination) => void | Promise<void>

/**
 * A destination inside the test: honest until told otherwise. `effects` counts what it acted on, by delivery id; `known`
 * holds the bodies it will answer questions about.
 */
export interface FakeDestination {
  readonly url: string
  readonly posts: Posted[]
  readonly asks: string[]
  readonly effects: Map<string, number>
  readonly known: Map<string, Posted>
  behave: Behave
  /** How it answers a question; null for the honest way. */
  answerAsk: ((uid: string, response: ServerResponse) => void) | null
  act(posted: Posted): void
  acknowledge(posted: Posted, response: ServerResponse, over?: object): void
  stop(): Promise<void>
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export const acknowledgement = (posted: Posted, over: object = {}): object => ({
  deliveryId: posted.uid,
  state: 'acknowledged',
  reference: `ref-${posted.uid.slice(0, 8)}`,
  sha256: hash('sha256', posted.body),
  acknowledgedAt: new Date().toISOString(),
  ...over,
})

export async function startFakeDestination(): Promise<FakeDestination> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => undefined)
    request.on('end', () => void answer(request, Buffer.concat(chunks).toString(), response))
  })
  const fake = {
    posts: [],
    asks: [],
    effects: new Map<string, number>(),
    known: new Map<string, Posted>(),
    answerAsk: null,
    behave: honest,
    act(posted: Posted) {
      fake.effects.set(posted.uid, (fake.effects.get(posted.uid) ?? 0) + 1)
      fake.known.set(posted.uid, posted)
    },
    acknowledge: (posted: Posted, response: ServerResponse, over?: object) =>
      sendJson(response, 200, acknowledgement(posted, over)),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  } as unknown as FakeDestination & { url: string }

  async function answer(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const url = request.url ?? ''
    if (request.method === 'GET') {
      const uid = url.split('/').at(-1) ?? ''
      fake.asks.push(uid)
      if (fake.answerAsk !== null) return fake.answerAsk(uid, response)
      const posted = fake.known.get(uid)
      return posted === undefined
        ? sendJson(response, 404, { deliveryId: uid, state: 'unknown' })
        : fake.acknowledge(posted, response)
    }
    const posted = { uid: String(request.headers['sluis-delivery-id']), path: url, body, headers: request.headers }
    fake.posts.push(posted)
    await fake.behave(posted, response, fake)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return fake
}

export const honest: Behave = (posted, response, fake) => {
  fake.act(posted)
  fake.acknowledge(posted, response)
}
