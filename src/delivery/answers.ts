import type { Settlement } from '../store/delivery-settle.ts'
import type { DestinationConfig } from './config.ts'
import type { Answer } from './deliver-one.ts'

/** What is written down of an answer, and when the delivery is due again. `random` is in 0..1. */
export function toSettlement(
  { job, outcome, sha256 }: Answer,
  to: DestinationConfig,
  random: () => number,
): Settlement {
  const { delivery, lease } = job
  const base = {
    id: delivery.id,
    lease,
    code: null,
    text: null,
    reference: null,
    delayMs: 0,
    restMs: 0,
    sha256,
    tried: true,
    noted: true,
  }
  switch (outcome.state) {
    case 'acknowledged':
      return { ...base, state: 'acknowledged', reference: outcome.reference }
    case 'refused':
      return { ...base, state: 'refused', code: outcome.code, text: outcome.text }
    case 'withdrawn':
      return { ...base, state: 'withdrawn', code: outcome.code, tried: false }
    case 'pending':
      return {
        ...base,
        state: 'pending',
        delayMs: askDelay(to, delivery.attempts),
        noted: delivery.state !== 'pending',
      }
    case 'failed':
    case 'absent': {
      const code = outcome.state === 'failed' ? outcome.code : 'absent'
      const rest = outcome.state === 'failed' ? (outcome.retryAfterMs ?? 0) : 0
      const delayMs = rest + backoff(to, delivery.attempts, random)
      return { ...base, state: 'waiting', code, delayMs, noted: code !== delivery.lastCode }
    }
    case 'unknown':
      break
  }
  // One that does not remember ids must have had the time to finish what is still on the way to it.
  const restMs = to.dedupes ? 0 : to.timeoutMs
  const delayMs = Math.max(outcome.retryAfterMs ?? 0, restMs) + backoff(to, delivery.attempts, random)
  return { ...base, state: 'unknown', code: outcome.code, delayMs, restMs, noted: outcome.code !== delivery.lastCode }
}

/** Exponential with full jitter: anything between nothing and the ceiling, so that many do not come back together. */
function backoff({ backoff: { baseMs, maxMs } }: DestinationConfig, attempts: number, random: () => number): number {
  return Math.ceil(random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempts, 20)))
}

/** A result that is not there yet is asked for at growing intervals. */
function askDelay({ ask: { afterMs, maxMs } }: DestinationConfig, attempts: number): number {
  return Math.ceil(Math.min(maxMs, afterMs * 1.5 ** Math.min(attempts, 40)))
}
