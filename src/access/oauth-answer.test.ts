import { expect, test } from 'vitest'
import { SluisError } from '../kernel/errors.ts'
import { challengeOf, oauthErrorOf } from './oauth-answer.ts'

test.each([
  ['token-request-malformed', 'invalid_request'],
  ['grant-unsupported', 'unsupported_grant_type'],
  ['assertion-signature', 'invalid_client'],
  ['client-unknown', 'invalid_client'],
  ['client-unknown-now', 'temporarily_unavailable'],
] as const)('%s is told as %s', (code, told) => {
  expect(oauthErrorOf(new SluisError(code)).error).toBe(told)
})

test('the challenge names an error only when there was a token, in printable ASCII', () => {
  expect(challengeOf(new SluisError('token-missing'))).toBe('Bearer realm="sluis"')
  expect(challengeOf(new SluisError('client-unknown-now', { seconds: 5 }))).toBeNull()
  const hostile = challengeOf(new SluisError('client-unknown', { clientId: 'a"\r\nSet-Cookie: é' }))
  expect(hostile).toMatch(/^Bearer realm="sluis", error="invalid_token", error_description="[^"\\]*"$/)
  expect(hostile).toMatch(/^[\x20-\x7e]*$/)
})
