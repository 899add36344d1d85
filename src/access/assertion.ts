import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose'
import type { Clock } from '../kernel/clock.ts'
import { SluisError } from '../kernel/errors.ts'
import type { Sender } from '../store/senders.ts'
import { activeSender, keysOf, type Entry, type SenderDirectory } from './sender-directory.ts'
import type { TokenRequest } from './token-request.ts'
import type { UsedAssertions } from './used-assertions.ts'

/** What a client may sign with. No HMAC: the hub holds no client's secret. */
const assertionAlgorithms: readonly string[] = ['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA', 'Ed25519']

/** Seconds. */
const longestLife = 300
const tolerance = 30

/** Characters of a jti. */
const longestId = 500

/** Names come from strangers and are looked up before anything is proven. */
const printable = /^[^\p{Cc}\p{Cs}]+$/u

interface Desk {
  readonly directory: SenderDirectory
  readonly used: UsedAssertions
  readonly clock: Clock
  readonly tokenEndpoints: () => readonly string[]
}

/**
 * Checks client assertions (RFC 7523 section 3; OpenID Connect Core section 9, private_key_jwt): signed by a key the
 * client registered, made for this token endpoint, fresh, and not used before. Header members that point to keys (jwk, jku,
 * x5c, x5u) are not looked at.
 */
export function makeAssertionDesk(desk: Desk): { accept(request: TokenRequest): Promise<Sender> } {
  return {
    async accept({ assertion, clientId: named }) {
      const clientId = readIssuer(assertion)
      if (named !== undefined && named !== clientId) throw wrongClaim('iss', 'client_id')
      const entry = await desk.directory.find(clientId)
      const payload = await verifySignature(assertion, entry, {
        algorithms: [...assertionAlgorithms],
        issuer: clientId,
        subject: clientId,
        audience: [...desk.tokenEndpoints()],
        clockTolerance: tolerance,
        currentDate: desk.clock.now(),
      }).catch((error: unknown) => {
        throw explain(error, desk, clientId)
      })
      const sender = activeSender(entry)
      const { jti, exp } = checkTimes(payload, desk.clock.now())
      await desk.used.use(clientId, jti, new Date((exp + tolerance) * 1_000))
      return sender
    },
  }
}

/** Who the assertion says to be from, unproven; throws when there is no readable assertion. */
function readIssuer(assertion: string): string {
  try {
    const { alg } = decodeProtectedHeader(assertion)
    if (typeof alg !== 'string' || !assertionAlgorithms.includes(alg)) throw wrongAlgorithm(alg)
    const { iss } = decodeJwt(assertion)
    if (typeof iss !== 'string' || iss.length > 200 || !printable.test(iss)) throw wrongClaim('iss', 'client_id')
    return iss
  } catch (error) {
    if (error instanceof SluisError) throw error
    throw new SluisError('token-request-malformed', { why: 'client_assertion' }, { cause: error })
  }
}

/** Tries each key of the client that fits the header; a client that is changing keys has two without a kid. */
async function verifySignature(assertion: string, entry: Entry, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(assertion, keysOf(entry), options)).payload
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      const payload = await jwtVerify(assertion, key, options).then(
        (result) => result.payload,
        (failed: unknown) => {
          if (failed instanceof errors.JWSSignatureVerificationFailed) return null
          throw failed
        },
      )
      if (payload !== null) return payload
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

function checkTimes(payload: JWTPayload, now: Date): { jti: string; exp: number } {
  const { exp, iat, jti } = payload
  const seconds = now.getTime() / 1_000
  const here = now.toISOString()
  if (exp === undefined) throw noTime('exp')
  if (iat !== undefined && iat > seconds + tolerance) {
    throw new SluisError('assertion-early', { seconds: Math.round(iat - seconds), tolerance, now: here })
  }
  if (exp > seconds + longestLife + tolerance) {
    throw new SluisError('assertion-too-long', { seconds: Math.round(exp - seconds), limit: longestLife, now: here })
  }
  if (typeof jti !== 'string' || jti.length > longestId || !printable.test(jti))
    throw new SluisError('assertion-jti', { max: longestId })
  return { jti, exp }
}

/** The library's refusal in the words of the table, with the difference of the clocks when it is about time. */
function explain(error: unknown, desk: Desk, clientId: string): unknown {
  const now = desk.clock.now()
  const clock = { tolerance, now: now.toISOString() }
  const seconds = (claim: number | undefined): number => Math.round(Math.abs(now.getTime() / 1_000 - (claim ?? 0)))
  if (error instanceof errors.JWTExpired) {
    return new SluisError('assertion-expired', { ...clock, seconds: seconds(error.payload.exp) }, { cause: error })
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf' && error.reason === 'check_failed') {
      return new SluisError('assertion-early', { ...clock, seconds: seconds(error.payload.nbf) }, { cause: error })
    }
    if (error.claim === 'aud') return wrongClaim('aud', [...new Set(desk.tokenEndpoints())].join(', '), error)
    return ['iss', 'sub'].includes(error.claim)
      ? wrongClaim(error.claim, 'client_id', error)
      : noTime(error.claim, error)
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return wrongAlgorithm(undefined)
  // Everything else the library says is about keys, signature or form; none of it says more to an honest client.
  return error instanceof errors.JOSEError || error instanceof TypeError
    ? new SluisError('assertion-signature', { clientId }, { cause: error })
    : error
}

function wrongAlgorithm(alg: unknown): SluisError {
  return new SluisError('assertion-algorithm', {
    alg: typeof alg === 'string' ? alg.slice(0, 20) : '?',
    accepted: assertionAlgorithms.join(', '),
  })
}

function noTime(claim: string, cause?: unknown): SluisError {
  return new SluisError('assertion-time', { claim, limit: longestLife }, { cause })
}

function wrongClaim(claim: string, expected: string, cause?: unknown): SluisError {
  return new SluisError('assertion-claim', { claim, expected }, { cause })
}
