import { z } from 'zod'
import { SluisError } from '../kernel/errors.ts'

/** An answer of the token endpoint (RFC 6749 section 5.1). */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
}

export interface TokenRequest {
  readonly clientId: string | undefined
  readonly assertion: string
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** An assertion is about 600 characters with ES256 and 1,000 with RSA; more is no assertion. */
const longestAssertion = 8_192

const shape = z.object({
  grant_type: z.string(),
  client_assertion_type: z.string(),
  client_assertion: z.string().max(longestAssertion),
  client_id: z.string().max(200).optional(),
})

/** Reads the form of a token request; throws `token-request-malformed` or `grant-unsupported`. */
export function readTokenRequest(form: unknown): TokenRequest {
  const parsed = shape.safeParse(form)
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? 'form')))]
    throw new SluisError('token-request-malformed', { why: fields.join(', ') })
  }
  const { grant_type, client_assertion_type, client_assertion, client_id } = parsed.data
  if (grant_type !== 'client_credentials') throw new SluisError('grant-unsupported')
  if (client_assertion_type !== assertionType) {
    throw new SluisError('token-request-malformed', { why: `client_assertion_type, ${assertionType}` })
  }
  return { clientId: client_id, assertion: client_assertion }
}
