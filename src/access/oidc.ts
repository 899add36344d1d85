import * as oidc from 'openid-client'
import type { Clock } from '../kernel/clock.ts'
import { SluisError } from '../kernel/errors.ts'
import type { HubKeys } from '../kernel/keys.ts'
import type { Database } from '../store/connect.ts'
import { upsertForeignPerson, type Person } from '../store/people.ts'
import { endSessionsOf } from '../store/sessions.ts'
import { readCookie, writeCookie } from './cookies.ts'
import { accessKeys } from './own-keys.ts'
import { roleOf, type RoleMapping } from './role-mapping.ts'
import { openFlow, sealFlow, type Flow } from './sign-in-flow.ts'

export interface ProviderOptions extends RoleMapping {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Where the provider sends people back to; registered there. */
  readonly redirectUri: string
  /** Default `openid profile email`. */
  readonly scope?: string
}

/** Sign-in at an identity provider: OpenID Connect Core, authorization code with PKCE (RFC 7636), state and nonce. */
export interface ProviderSignIn {
  /**
   * Where to send the browser, and the cookie to give it. `returnTo` is a path of ours, else `/`.
   * Throws `provider-away`.
   */
  begin(returnTo: string): Promise<{ readonly url: string; readonly cookie: string }>
  /**
   * The person who came back. `query` is what follows `?` in the address, `cookies` the `Cookie` header.
   * Throws `provider-answer-refused`, `provider-away`, `person-ended`, or `role-missing`; then all sessions of the person
   * are ended.
   */
  finish(query: string, cookies: string | undefined): Promise<{ person: Person; returnTo: string; cookie: string }>
}

const cookieName = 'sluis_sign_in'
const flowSeconds = 600

export function makeProviderSignIn(options: {
  readonly db: Database
  readonly clock: Clock
  readonly keys: Pick<HubKeys, 'wrap'>
  readonly provider: ProviderOptions
}): ProviderSignIn {
  const { db, clock, provider } = options
  const key = accessKeys(options.keys).signIn
  const discover = rememberSuccess(() => discoverProvider(provider))
  const secure = provider.redirectUri.startsWith('https:')

  return {
    async begin(returnTo) {
      const config = await discover()
      const until = clock.now().getTime() + flowSeconds * 1_000
      const flow: Flow = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
        returnTo: isOwnPath(returnTo) ? returnTo : '/',
        until,
      }
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: provider.redirectUri,
        scope: provider.scope ?? 'openid profile email',
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, cookie: writeCookie(cookieName, sealFlow(key, flow), { secure, seconds: flowSeconds }) }
    },
    async finish(query, cookies) {
      const flow = openFlow(key, readCookie(cookies, cookieName), clock.now())
      if (flow === null) throw refused(provider, 'state')
      const claims = await exchange(await discover(), provider, flow, query)
      const role = roleOf(claims, provider)
      const subject = `${provider.issuer} ${claims.sub}`
      if (role === null) {
        // What was opened while there was a role would go on with it for the rest of the day.
        await endSessionsOf(db, subject)
        throw new SluisError('role-missing', { provider: hostOf(provider), claim: provider.roleClaim })
      }
      const person = await upsertForeignPerson(db, { ...namesOf(claims), role, subject })
      if (person === null) throw new SluisError('person-ended')
      return { person, returnTo: flow.returnTo, cookie: writeCookie(cookieName, '', { secure, seconds: 0 }) }
    },
  }
}

async function discoverProvider(provider: ProviderOptions): Promise<oidc.Configuration> {
  const issuer = new URL(provider.issuer)
  // The library trusts an id token that came straight over TLS; the signature is to be checked all the same.
  const execute = [oidc.enableNonRepudiationChecks]
  // Without https only a provider on this machine, as in tests and drills.
  const local = issuer.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(issuer.hostname)
  const { clientId, clientSecret } = provider
  if (local) execute.push(oidc.allowInsecureRequests)
  const asking = oidc.discovery(issuer, clientId, clientSecret, oidc.ClientSecretPost(clientSecret), {
    timeout: 5,
    execute,
  })
  return asking.catch((error: unknown) => {
    throw new SluisError('provider-away', { provider: hostOf(provider), seconds: 30 }, { cause: error })
  })
}

/** Exchanges the code for an id token and checks it: signature, issuer, audience, nonce, times, state, PKCE. */
async function exchange(
  config: oidc.Configuration,
  provider: ProviderOptions,
  flow: Flow,
  query: string,
): Promise<oidc.IDToken> {
  const current = new URL(provider.redirectUri)
  current.search = query.slice(0, 8_192)
  try {
    const tokens = await oidc.authorizationCodeGrant(config, current, {
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      pkceCodeVerifier: flow.verifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (claims === undefined) throw refused(provider, 'id_token')
    return claims
  } catch (error) {
    if (error instanceof SluisError) throw error
    throw explain(error, provider)
  }
}

function explain(error: unknown, provider: ProviderOptions): SluisError {
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) {
    return refused(provider, error.error.slice(0, 60), error)
  }
  const name = (error as Error).name
  const unreachable = name === 'TimeoutError' || (error instanceof TypeError && error.message === 'fetch failed')
  if (unreachable) return new SluisError('provider-away', { provider: hostOf(provider), seconds: 30 }, { cause: error })
  const code = (error as { code?: unknown }).code
  return refused(provider, typeof code === 'string' ? code : name, error)
}

function namesOf(claims: oidc.IDToken): { login: string; name: string } {
  const login = text(claims['preferred_username']) ?? text(claims['email']) ?? claims.sub
  return { login, name: text(claims['name']) ?? login }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : null
}

/** A path of this hub: not of another host, which `//host` and `/\host` are. */
function isOwnPath(path: string): boolean {
  return path.length < 2_000 && /^\/(?![/\\])[^\s\\]*$/.test(path)
}

function hostOf(provider: ProviderOptions): string {
  return new URL(provider.issuer).host
}

function refused(provider: ProviderOptions, why: string, cause?: unknown): SluisError {
  return new SluisError('provider-answer-refused', { provider: hostOf(provider), why }, { cause })
}

/** Runs `work` until it has succeeded once; those who ask meanwhile wait for the same attempt. */
function rememberSuccess<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    if (running === undefined) {
      running = work()
      running.catch(() => (running = undefined))
    }
    return running
  }
}
