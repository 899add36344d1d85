import { importJWK, SignJWT, type CryptoKey, type JWK } from 'jose'
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'undici'

/** What the hub answered, or that nothing came back. */
export type HubAnswer =
  | {
      readonly state: 'answered'
      readonly status: number
      readonly retryAfterMs: number
      /** Of the header, as answers in FHIR carry it; empty without one. */
      readonly receipt: string
      readonly body: unknown
    }
  | { readonly state: 'no-answer' }

/** What a sender proves with who it is. */
export interface Credentials {
  readonly clientId: string
  readonly privateJwk: JWK
}

/** The hub as one sender sees it: any of its nodes, with a token. */
export interface HubLine {
  send(body: string): Promise<HubAnswer>
  sendFhir(body: string): Promise<HubAnswer>
  status(after: string): Promise<HubAnswer>
}

export interface Nodes {
  list: readonly string[]
  readonly agent: Agent
}

export function openNodes(list: readonly string[]): Nodes {
  return {
    list,
    agent: new Agent({ connections: 64, connectTimeout: 2_000, headersTimeout: 15_000, bodyTimeout: 15_000 }),
  }
}

/**
 * Makes a sender's line to the hub. It stays with one node and goes to the next when a connection breaks or a node says
 * that it is not ready; a token is asked for once and used until shortly before it expires.
 *
 * Source: RFC 6749 section 4.4 and RFC 7523 section 2.2 (`private_key_jwt`).
 */
export function openHubLine(client: Credentials, nodes: Nodes, first: number): HubLine {
  let node = first
  let token = { text: '', until: 0 }

  const call = async (path: string, init: Call): Promise<HubAnswer> => {
    const hub = nodes.list[node % nodes.list.length]
    if (hub === undefined) return { state: 'no-answer' }
    const answer = await ask(nodes.agent, `${hub}${path}`, init)
    if (answer.state === 'no-answer' || answer.status === 502 || answer.status === 503) node++
    return answer
  }
  const authorise = async (): Promise<HubAnswer | null> => {
    if (token.until > Date.now()) return null
    const hub = nodes.list[node % nodes.list.length] ?? ''
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(client, `${hub}/oauth/token`),
    })
    const answer = await call('/oauth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    })
    // Nothing was handed over: whatever kept the token from us, the message stays in the queue.
    if (answer.state === 'no-answer' || answer.status !== 200) return { state: 'no-answer' }
    const { access_token: text, expires_in: seconds } = answer.body as { access_token: string; expires_in: number }
    token = { text, until: Date.now() + Math.max(seconds - 30, seconds / 2) * 1_000 }
    return null
  }
  const authorised = async (path: string, init: Call): Promise<HubAnswer> => {
    const refused = await authorise()
    if (refused) return refused
    const answer = await call(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${token.text}` } })
    if (answer.state === 'answered' && answer.status === 401) token = { text: '', until: 0 }
    return answer
  }
  const post = (path: string, type: string, body: string): Promise<HubAnswer> =>
    authorised(path, { method: 'POST', headers: { 'content-type': type }, body })
  return {
    send: (body) => post('/messages', 'application/json', body),
    sendFhir: (body) => post('/fhir', 'application/fhir+json', body),
    status: (after) => authorised(`/status?after=${encodeURIComponent(after)}`, { method: 'GET', headers: {} }),
  }
}

interface Call {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

async function ask(agent: Agent, url: string, init: Call): Promise<HubAnswer> {
  try {
    const answer = await request(url, { dispatcher: agent, ...init })
    const text = await answer.body.text()
    const seconds = Number(answer.headers['retry-after'] ?? 0)
    return {
      state: 'answered',
      status: answer.statusCode,
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : 0,
      receipt: String(answer.headers['x-sluis-receipt'] ?? ''),
      body: text.startsWith('{') ? JSON.parse(text) : null,
    }
  } catch {
    return { state: 'no-answer' }
  }
}

const keys = new Map<string, Promise<CryptoKey | Uint8Array>>()

async function assertion(client: Credentials, audience: string): Promise<string> {
  const algorithm = algorithmOf(client.privateJwk)
  let key = keys.get(client.clientId)
  if (!key) keys.set(client.clientId, (key = importJWK(client.privateJwk, algorithm)))
  const { kid } = client.privateJwk
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: algorithm, ...(kid === undefined ? {} : { kid }) })
    .setIssuer(client.clientId)
    .setSubject(client.clientId)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(await key)
}

function algorithmOf(jwk: JWK): string {
  if (jwk.alg !== undefined) return jwk.alg
  if (jwk.kty === 'OKP') return 'EdDSA'
  return jwk.kty === 'RSA' ? 'PS256' : 'ES256'
}
