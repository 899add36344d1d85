import { expect, test } from 'vitest'
import { makeWebhookSecret, signWebhook, verifyWebhook } from './webhook-signature.ts'

const secret = makeWebhookSecret()
const body = '{"receipt":"1","naam":"Zoë"}'
const headers = signWebhook(secret, 'evt-1', new Date(), body)

test('a signed call is genuine, also while the secret is being changed', () => {
  expect(verifyWebhook([secret], { ...headers }, body)).toEqual({ state: 'genuine' })
  expect(verifyWebhook([makeWebhookSecret(), secret], { ...headers }, body)).toEqual({ state: 'genuine' })
})

test('the signature is that of the published example (Standard Webhooks reference libraries)', () => {
  const at = new Date(1_614_265_330_000)
  const signed = signWebhook(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at,
    '{"test": 2432232314}',
  )
  expect(signed['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test.each([
  ['another body', { ...headers }, `${body} `],
  ['another id', { ...headers, 'webhook-id': 'evt-2' }, body],
  ['an old time', signWebhook(secret, 'evt-1', new Date(Date.now() - 600_000), body), body],
  ['a changed time', { ...headers, 'webhook-timestamp': '1' }, body],
  ['no time', { ...headers, 'webhook-timestamp': 'soon' }, body],
  ['no signature', { ...headers, 'webhook-signature': undefined }, body],
  ['two signatures as a list', { ...headers, 'webhook-signature': ['v1,a', 'v1,b'] }, body],
  ['a signature without a value', { ...headers, 'webhook-signature': 'v1' }, body],
  ['a huge signature', { ...headers, 'webhook-signature': 'v1,'.repeat(100_000) }, body],
])('a call with %s is refused', (_, given, text) => {
  expect(verifyWebhook([secret], { ...given }, text)).toMatchObject({ state: 'refused' })
})

test('a secret that cannot be read, or none, refuses', () => {
  expect(verifyWebhook(['whsec_%%%'], { ...headers }, body)).toMatchObject({ state: 'refused' })
  expect(verifyWebhook([], { ...headers }, body)).toMatchObject({ state: 'refused' })
})
