import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

interface Grant {
  readonly nonce: string
  readonly challenge: string
  readonly redirectUri: string
}

export interface FakeProvider {
  readonly issuer: string
  /** What the next id token says; `undefined` members are left out. */
  claims: Record<string, unknown>
  /** What goes wrong at the token endpoint. */
  fault: 'none' | 'other-key' | 'refuse' | 'down'
  /** Plays the browser at the provider: signs in and gives the query the hub gets back. */
  visit(url: string): Promise<string>
  close(): Promise<void>
}

/** A small OpenID Connect provider: discovery, authorization, token and keys; codes serve once and PKCE is checked. */
export async function startProvider(clientId: string, clientSecret: string): Promise<FakeProvider> {
  const [ours, other] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  const grants = new Map<string, Grant>()
  const state: Pick<FakeProvider, 'claims' | 'fault'> = { claims: {}, fault: 'none' }

  const idToken = (issuer: string, nonce: string): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000)
    const usual = { iss: issuer, aud: clientId, sub: 'u-1', iat: now, exp: now + 60, nonce }
    return new SignJWT({ ...usual, ...state.claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(state.fault === 'other-key' ? other.privateKey : ours.privateKey)
  }
  const authorize = (query: URLSearchParams): string => {
    const code = randomBytes(16).toString('base64url')
    grants.set(code, {
      nonce: query.get('nonce') ?? '',
      challenge: query.get('code_challenge') ?? '',
      redirectUri: query.get('redirect_uri') ?? '',
    })
    return `?code=${code}&state=${query.get('state') ?? ''}&iss=${encodeURIComponent(issuer())}`
  }
  const token = async (form: URLSearchParams): Promise<[number, object]> => {
    const grant = grants.get(form.get('code') ?? '')
    grants.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const known = form.get('client_id') === clientId && form.get('client_secret') === clientSecret
    const right = known && grant?.challenge === challenge && grant.redirectUri === form.get('redirect_uri')
    if (grant === undefined || !right || state.fault === 'refuse') return [400, { error: 'invalid_grant' }]
    return [200, { access_token: 'x', token_type: 'Bearer', id_token: await idToken(issuer(), grant.nonce) }]
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (state.fault === 'down') return void request.socket.destroy()
    const send = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/.well-known/openid-configuration') {
      send(200, {
        issuer: issuer(),
        authorization_endpoint: `${issuer()}/authorize`,
        token_endpoint: `${issuer()}/token`,
        jwks_uri: `${issuer()}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        authorization_response_iss_parameter_supported: true,
      })
    } else if (request.url === '/keys') send(200, { keys: [jwk] })
    else if (request.url === '/token') send(...(await token(new URLSearchParams(await text(request)))))
    else send(404, {})
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const issuer = () => `http://127.0.0.1:${port}`
  return Object.assign(state, {
    issuer: issuer(),
    visit: (url: string) => Promise.resolve(authorize(new URL(url).searchParams)),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
