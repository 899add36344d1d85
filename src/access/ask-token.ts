import { randomUUID } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import { z } from 'zod'
import type { ClientFile } from './development-client.ts'
import type { TokenAnswer } from './token-request.ts'

const given = z.object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.number() })
const refused = z.object({ title: z.string(), code: z.string() })

/** What a hub answered to a request for a token. */
export type TokenOutcome =
  | ({ readonly state: 'given' } & TokenAnswer)
  /** The hub's own sentence. */
  | { readonly state: 'refused'; readonly code: string; readonly why: string }
  | { readonly state: 'unreachable'; readonly why: string }

/**
 * Asks a running hub for a token, as a client does; `url` is the hub's. Waits 10 s at most.
 *
 * @example await askToken('http://127.0.0.1:8080', client)
 */
export async function askToken(url: string, client: ClientFile, language = 'en'): Promise<TokenOutcome> {
  const endpoint = `${url.replace(/\/+$/, '')}/oauth/token`
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertionFor(client, endpoint),
  })
  try {
    const headers = { accept: 'application/json', 'accept-language': language }
    const response = await fetch(endpoint, { method: 'POST', body, headers, signal: AbortSignal.timeout(10_000) })
    const answer: unknown = await response.json()
    const token = given.safeParse(answer)
    if (token.success) return { state: 'given', ...token.data }
    const problem = refused.safeParse(answer)
    if (problem.success) return { state: 'refused', code: problem.data.code, why: problem.data.title }
    return { state: 'refused', code: String(response.status), why: `HTTP ${response.status}` }
  } catch (error) {
    const { message, cause } = error as Error
    return { state: 'unreachable', why: (cause as NodeJS.ErrnoException | undefined)?.code ?? message }
  }
}

/** A client assertion good for one minute (RFC 7523 section 3). */
async function assertionFor({ clientId, privateJwk }: ClientFile, audience: string): Promise<string> {
  const alg = privateJwk.alg ?? 'ES256'
  return new SignJWT()
    .setProtectedHeader({ alg, ...(privateJwk.kid === undefined ? {} : { kid: privateJwk.kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('1m')
    .setJti(randomUUID())
    .sign(await importJWK(privateJwk, alg))
}
