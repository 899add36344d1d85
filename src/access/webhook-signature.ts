import { randomBytes } from 'node:crypto'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'

/** The headers of a signed call (Standard Webhooks 1.0.0, "Webhook headers"). */
export interface WebhookHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

export type WebhookCheck = { readonly state: 'genuine' } | { readonly state: 'refused'; readonly why: string }

/** A new secret in the form both sides keep: `whsec_` and 32 random bytes in base64. */
export function makeWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/**
 * Signs a call: HMAC-SHA-256 over id, time and body. `id` stays the same when the same call is made again.
 *
 * @example signWebhook(secret, 'evt-17', new Date(), body)
 */
export function signWebhook(secret: string, id: string, at: Date, body: string): WebhookHeaders {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
}

/**
 * Checks a signed call; the time may differ five minutes. `body` must be the text as it came. Never throws.
 *
 * A secret that is being changed: give both, one that fits is enough.
 */
export function verifyWebhook(
  secrets: readonly string[],
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
): WebhookCheck {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const
  const present: Record<string, string> = {}
  for (const name of names) {
    const value = headers[name]
    if (typeof value !== 'string' || value.length > 2_000) return { state: 'refused', why: `${name} is missing` }
    present[name] = value
  }
  let why = 'there is no secret'
  for (const secret of secrets) {
    try {
      new Webhook(secret).verify(body, present, { jsonParse: false })
      return { state: 'genuine' }
    } catch (error) {
      why = error instanceof WebhookVerificationError ? error.message : 'the secret or a header cannot be read'
    }
  }
  return { state: 'refused', why }
}
