import { cutText } from '../../kernel/cut-text.ts'
import type { ArrivedCertificate, Outcome } from './transport.ts'
import type { Reply } from './wire.ts'

/** What an answer must name to count: our delivery and the hash of what we sent (or had sent before). */
export interface Expected {
  readonly uid: string
  readonly hashes: readonly Buffer[]
}

/**
 * Judges the answer to a post. A 2xx that is not the acknowledgement of this very delivery and body proves nothing: it
 * leaves the delivery `unknown`, to be asked for. `dedupes`: a second post would be no second effect.
 */
export function judgePost(reply: Reply, expected: Expected, dedupes: boolean): Outcome {
  if (reply.state === 'not-sent') return { state: 'failed', code: reply.code, retryAfterMs: null }
  if (reply.state === 'lost') return { state: 'unknown', code: reply.code, retryAfterMs: null }
  const { status, retryAfterMs } = reply
  if (status >= 200 && status < 300) return judgeState(reply.body, expected)
  // It may have acted and then failed to say so, or a gateway before it gave up waiting. 503 says that it did not act.
  if (status === 408 || (status >= 500 && status !== 503))
    return { state: dedupes ? 'failed' : 'unknown', code: `status-${status}`, retryAfterMs }
  if (status === 425 || status === 429 || status === 503)
    return { state: 'failed', code: `status-${status}`, retryAfterMs }
  // A redirect is an address that moved: somebody must look, the form is not at fault.
  if (status < 400 || status === 401 || status === 403)
    return { state: 'failed', code: `status-${status}`, retryAfterMs }
  return refusal(reply.body, `status-${status}`)
}

/** Judges the answer to "what do you know of this delivery?". */
export function judgeAsk(reply: Reply, expected: Expected): Outcome {
  if (reply.state !== 'answered') return { state: 'unknown', code: `ask-${reply.code}`, retryAfterMs: null }
  if (reply.status === 200) return judgeState(reply.body, expected)
  const said = readObject(reply.body)
  // A bare 404 may be a wrong address; only the destination's own word frees the delivery to be sent again.
  if (reply.status === 404 && said?.['state'] === 'unknown' && said['deliveryId'] === expected.uid)
    return { state: 'absent' }
  return { state: 'unknown', code: `ask-status-${reply.status}`, retryAfterMs: reply.retryAfterMs }
}

function judgeState(body: string, { uid, hashes }: Expected): Outcome {
  const unknown = (code: string): Outcome => ({ state: 'unknown', code, retryAfterMs: null })
  const said = readObject(body)
  if (said === null) return unknown('acknowledgement-missing')
  if (said['deliveryId'] !== uid)
    return unknown(said['deliveryId'] === undefined ? 'acknowledgement-missing' : 'acknowledgement-of-another')
  if (said['state'] === 'pending') return { state: 'pending' }
  if (said['state'] === 'refused') return refusal(body, 'refused')
  if (said['state'] !== 'acknowledged') return unknown('acknowledgement-missing')
  const { sha256 } = said
  if (!hashes.some((hash) => hash.toString('hex') === sha256)) return unknown('acknowledgement-of-other-bytes')
  return {
    state: 'acknowledged',
    reference: theirWords(said['reference'], 200),
    certificate: readCertificate(said['certificate']),
  }
}

function refusal(body: string, fallback: string): Outcome {
  const said = readObject(body)
  return {
    state: 'refused',
    code: theirWords(said?.['code'], 60) ?? fallback,
    text: theirWords(said?.['text'], 500) ?? '',
  }
}

function readCertificate(value: unknown): ArrivedCertificate | null {
  if (typeof value !== 'object' || value === null) return null
  const { uvci, hc1, issuedAt, expiresAt } = value as Record<string, unknown>
  if (typeof uvci !== 'string' || typeof hc1 !== 'string' || hc1.length > 8_192 || uvci.length > 80) return null
  const issued = new Date(String(issuedAt))
  const expires = new Date(String(expiresAt))
  if (Number.isNaN(issued.getTime()) || Number.isNaN(expires.getTime())) return null
  return { uvci, hc1, issuedAt: issued, expiresAt: expires, signatureHash: null }
}

function readObject(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** The other side's words: short, and without characters a terminal or a log would act on. */
export function theirWords(value: unknown, limit: number): string | null {
  return typeof value === 'string' ? cutText(value.replace(/[\p{Cc}\p{Cf}]/gu, ' '), limit) : null
}
