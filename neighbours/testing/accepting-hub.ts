import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a hub was handed: enough to see whether a sender keeps its side of the agreement. */
export interface AcceptingHub {
  readonly url: string
  /** Message id -> the bytes it came with and the receipt it got. */
  readonly messages: Map<string, { body: string; receipt: string; times: number }>
  readonly assertions: string[]
  /** A status that `POST /messages` answers instead of taking custody; null = it takes it. */
  refuseWith: number | null
  /** Cuts the connection after having taken custody, this many times. */
  cutNext: number
  tokensAsked: number
  close(): void
}

/** The least that is a hub: tokens, custody once per message id, 409 for other bytes, a status feed. */
export async function startAcceptingHub(): Promise<AcceptingHub> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => route(request, response, body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hub: AcceptingHub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages: new Map(),
    assertions: [],
    refuseWith: null,
    cutNext: 0,
    tokensAsked: 0,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  const route = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    if (request.url === '/oauth/token') {
      hub.tokensAsked++
      hub.assertions.push(new URLSearchParams(body).get('client_assertion') ?? '')
      send(response, 200, { access_token: `t${hub.tokensAsked}`, token_type: 'Bearer', expires_in: 600 })
    } else if (request.url?.startsWith('/status?')) {
      const after = Number(new URL(request.url, hub.url).searchParams.get('after'))
      send(response, 200, { events: after < 1 ? [{ cursor: '1', state: 'certified' }] : [], next: '1' })
    } else if (request.headers.authorization?.startsWith('Bearer t') !== true) {
      send(response, 401, {})
    } else if (hub.refuseWith === null) {
      takeMessage(response, body, request.url === '/fhir')
    } else {
      send(response, hub.refuseWith, {})
    }
  }
  const takeMessage = (response: ServerResponse, body: string, isFhir: boolean): void => {
    const read = JSON.parse(body) as { messageId: string; identifier: { value: string } }
    const messageId = isFhir ? read.identifier.value : read.messageId
    const known = hub.messages.get(messageId) ?? { body, receipt: randomUUID(), times: 0 }
    if (known.body !== body) {
      send(response, 409, {})
      return
    }
    known.times++
    hub.messages.set(messageId, known)
    if (hub.cutNext > 0) {
      hub.cutNext--
      response.destroy()
      return
    }
    if (isFhir) {
      send(response, 200, { resourceType: 'OperationOutcome' }, { 'x-sluis-receipt': known.receipt })
      return
    }
    const sha256 = createHash('sha256').update(body).digest('hex')
    send(response, 202, { receipt: known.receipt, receivedAt: new Date().toISOString(), sha256, level: 'stored' })
  }
  return hub
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
