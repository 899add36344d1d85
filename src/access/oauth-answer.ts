import { errorRow, errorText, type SluisError } from '../kernel/errors.ts'

/** What the token endpoint adds to the problem it answers with. */
export interface OAuthError {
  readonly error: 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'temporarily_unavailable'
  readonly error_description: string
}

/** The error of a token request in the words of RFC 6749 section 5.2; 503 as the authorization endpoint says it. */
export function oauthErrorOf(error: SluisError): OAuthError {
  return { error: oauthCodeOf(error), error_description: asciiOf(error) }
}

function oauthCodeOf(error: SluisError): OAuthError['error'] {
  const { status } = errorRow(error.code)
  if (error.code === 'grant-unsupported') return 'unsupported_grant_type'
  if (status === 401) return 'invalid_client'
  return status >= 500 ? 'temporarily_unavailable' : 'invalid_request'
}

/**
 * The value of `WWW-Authenticate` for a refused access token (RFC 6750 section 3); null when the status is not 401.
 *
 * @example challengeOf(new SluisError('token-missing')) // 'Bearer realm="sluis"'
 */
export function challengeOf(error: SluisError): string | null {
  if (errorRow(error.code).status !== 401) return null
  // A request without a token is told what is wanted and nothing about an error.
  if (error.code === 'token-missing') return 'Bearer realm="sluis"'
  return `Bearer realm="sluis", error="invalid_token", error_description="${asciiOf(error)}"`
}

/** Both places allow printable ASCII without quote and backslash only. */
function asciiOf(error: SluisError): string {
  return errorText(error.code, error.params, 'en')
    .replace(/[^\x20-\x7e]|["\\]/g, '?')
    .slice(0, 300)
}
