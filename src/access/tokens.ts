import { randomUUID } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../kernel/clock.ts'
import { SluisError } from '../kernel/errors.ts'
import type { Sender } from '../store/senders.ts'
import { activeSender, type Entry, type SenderDirectory } from './sender-directory.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { TokenAnswer } from './token-request.ts'

/** Seconds an access token is good for. */
export const tokenLife = 600
const audience = 'sluis'
const type = 'at+jwt'
const longestHeader = 4_096
/** A token lives ten minutes and a sender needs one: room for every pharmacy of a country, a few times. */
const mostKept = 20_000

interface Kept {
  readonly entry: Entry
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface TokenDesk {
  issue(sender: Sender): Promise<TokenAnswer>
  verify(authorization: string | undefined): Sender | Promise<Sender>
}

/**
 * Makes and recognises the hub's own access tokens: JWTs (RFC 9068) signed with ES256 by a key all nodes share.
 *
 * A token is checked once and then known by its text until it expires; that a sender was ended is seen at each use.
 */
export function makeTokenDesk(desk: {
  /** The hub's name in its tokens. */
  readonly issuer: string
  readonly directory: SenderDirectory
  readonly signingKeys: SigningKeys
  readonly clock: Clock
}): TokenDesk {
  const { issuer } = desk
  const kept = new Map<string, Kept>()
  const checking = new Map<string, Promise<Sender>>()

  const check = async (authorization: string): Promise<Sender> => {
    const token = readBearer(authorization)
    const kid = readKeyId(token, issuer)
    const key = await desk.signingKeys.byId(kid)
    if (key === undefined) throw new SluisError('token-unknown')
    const now = desk.clock.now()
    const { payload } = await jwtVerify(token, key.publicKey, {
      algorithms: ['ES256'],
      typ: type,
      issuer,
      audience,
      requiredClaims: ['exp', 'sub'],
      currentDate: now,
    }).catch((error: unknown) => {
      throw explain(error, now)
    })
    const entry = await desk.directory.find(payload.sub ?? '')
    const sender = activeSender(entry)
    // The oldest goes first: all live equally long, so it is also the one that expires first.
    if (kept.size >= mostKept) kept.delete(kept.keys().next().value ?? '')
    kept.set(authorization, { entry, expiresAt: (payload.exp ?? 0) * 1_000 })
    return sender
  }
  const checkOnce = (authorization: string): Promise<Sender> => {
    const running = checking.get(authorization)
    if (running !== undefined) return running
    const started = check(authorization).finally(() => checking.delete(authorization))
    checking.set(authorization, started)
    return started
  }
  return {
    async issue(sender) {
      const key = await desk.signingKeys.current()
      const now = Math.floor(desk.clock.now().getTime() / 1_000)
      const access_token = await new SignJWT({ client_id: sender.clientId })
        .setProtectedHeader({ alg: 'ES256', typ: type, kid: key.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(sender.clientId)
        .setIssuedAt(now)
        .setExpirationTime(now + tokenLife)
        .setJti(randomUUID())
        .sign(key.privateKey)
      return { access_token, token_type: 'Bearer', expires_in: tokenLife }
    },
    verify(authorization) {
      if (authorization === undefined) throw new SluisError('token-missing')
      const known = kept.get(authorization)
      if (known === undefined) return checkOnce(authorization)
      const over = desk.clock.now().getTime() - known.expiresAt
      if (over < 0) return activeSender(known.entry)
      kept.delete(authorization)
      throw new SluisError('token-expired', { seconds: Math.ceil(over / 1_000) })
    },
  }
}

function readBearer(authorization: string): string {
  const token = authorization.length > longestHeader ? null : /^Bearer ([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization)
  if (token?.[1] === undefined) throw new SluisError('token-unknown')
  return token[1]
}

/** The key a token names. What is plainly no access token of this hub is refused before any signature is computed. */
function readKeyId(token: string, issuer: string): string {
  const { header, claims } = decode(token)
  if (header.typ !== type) throw notOurs('typ', type)
  if (header.alg !== 'ES256') throw notOurs('alg', 'ES256')
  if (claims.iss !== issuer) throw notOurs('iss', issuer)
  if (claims.aud !== audience) throw notOurs('aud', audience)
  if (typeof header.kid !== 'string') throw new SluisError('token-unknown')
  return header.kid
}

function decode(token: string): {
  header: ReturnType<typeof decodeProtectedHeader>
  claims: ReturnType<typeof decodeJwt>
} {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) }
  } catch (error) {
    throw new SluisError('token-unknown', {}, { cause: error })
  }
}

function explain(error: unknown, now: Date): unknown {
  if (error instanceof errors.JWTExpired) {
    const seconds = Math.ceil(now.getTime() / 1_000 - (error.payload.exp ?? 0))
    return new SluisError('token-expired', { seconds }, { cause: error })
  }
  return error instanceof errors.JOSEError ? new SluisError('token-unknown', {}, { cause: error }) : error
}

function notOurs(what: string, expected: string): SluisError {
  return new SluisError('token-not-ours', { what, expected })
}
