import { request } from 'undici'
import { failurePoint } from '../kernel/failure-points.ts'
import { namedUuid } from '../kernel/ids.ts'
import { open } from '../kernel/keys.ts'
import type { Log } from '../kernel/log.ts'
import { cursorText, parseCursor, statusFeed, type StatusEvent } from '../ledger/status-feed.ts'
import type { Vault } from '../ledger/vault.ts'
import { isDatabaseAway, type Database } from '../store/connect.ts'
import type { Cursor } from '../store/status-feed.ts'
import { moveWebhook, postponeWebhook, takeDueWebhooks, tryWebhook, type WebhookRow } from '../store/webhooks.ts'

export interface WebhookDeps {
  readonly db: Database
  readonly vault: Vault
  readonly log: Log
  /** Signs one call (Standard Webhooks): the headers to send along. */
  readonly sign: (secret: string, id: string, at: Date, body: string) => Readonly<Record<string, string>>
  /** How long a call may take, its answer included; ten seconds unless told. */
  readonly timeoutMs?: number
}

const eventsAtOnce = 100
const usualTimeoutMs = 10_000
const leaseSeconds = 30
const pollMilliseconds = 500

/** What a webhook's secret is sealed with: it cannot be moved to another sender. */
export const webhookBound = (senderId: number): string => `webhook ${senderId}`

/**
 * Tells senders by their webhooks, at least once and in order, until stopped: what the status feed holds after the
 * webhook's cursor, signed (Standard Webhooks). A webhook that fails is tried again later and later, for a week's worth
 * of tries; the feed itself never depends on it.
 */
export function startWebhooks(deps: WebhookDeps): { stop(): Promise<void> } {
  let stopped = false
  const running = (async () => {
    while (!stopped) {
      const did = await tellOnce(deps).catch((error: unknown) => {
        if (!isDatabaseAway(error)) deps.log.error('webhooks-failed', {}, error)
        return 0
      })
      if (did === 0 && !stopped) await new Promise((resolve) => setTimeout(resolve, pollMilliseconds))
    }
  })()
  return {
    async stop() {
      stopped = true
      await running
    },
  }
}

/** Tells every webhook that is due once. Returns how many took their events. */
export async function tellOnce(deps: WebhookDeps): Promise<number> {
  const due = await takeDueWebhooks(deps.db, 16, leaseSeconds)
  const told = await Promise.all(due.map((webhook) => tellOne(deps, webhook)))
  return told.filter(Boolean).length
}

async function tellOne(deps: WebhookDeps, webhook: WebhookRow): Promise<boolean> {
  const page = await statusFeed(deps.db, webhook.senderId, webhook.cursor, eventsAtOnce)
  const events = webhook.tried === null ? page.events : eventsUpTo(page.events, webhook.tried)
  const next = parseCursor(events.at(-1)?.cursor ?? '')
  if (events.length === 0 || next === null) return false
  if (webhook.tried === null) await tryWebhook(deps.db, webhook.senderId, next)
  const answer = await post(deps, webhook, events).catch((error: unknown) => ({ error }))
  if ('status' in answer && answer.status >= 200 && answer.status < 300) {
    failurePoint('webhook-after-answer')
    await moveWebhook(deps.db, webhook.senderId, next)
    return true
  }
  const gone = 'status' in answer && answer.status === 410
  const seconds = Math.min(5 * 2 ** Math.min(webhook.failures, 12), 3_600)
  await postponeWebhook(
    deps.db,
    webhook.senderId,
    seconds,
    gone ? 'the receiver answered 410 Gone' : webhook.failures >= 170 ? 'failing for a week' : null,
  )
  deps.log.warn('webhook-not-taken', {
    sender: webhook.senderId,
    status: 'status' in answer ? answer.status : null,
    seconds,
  })
  return false
}

/** A call that is tried again tells the same as before, however much came since. */
function eventsUpTo(events: readonly StatusEvent[], last: Cursor): readonly StatusEvent[] {
  const place = events.findIndex((event) => event.cursor === cursorText(last))
  return place === -1 ? events : events.slice(0, place + 1)
}

async function post(
  deps: WebhookDeps,
  webhook: WebhookRow,
  events: readonly StatusEvent[],
): Promise<{ status: number }> {
  const secret = open(deps.vault.keys.wrap, webhook.secret, webhookBound(webhook.senderId)).toString()
  const body = JSON.stringify({ type: 'status', events })
  // The number is made from the events, so a receiver sees that the same ones come again.
  const id = namedUuid('webhook', webhook.senderId, events[0]!.cursor, events.at(-1)!.cursor)
  const { statusCode, body: answer } = await request(webhook.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...deps.sign(secret, id, new Date(), body) },
    body,
    // Over the whole call: undici's own times start anew with every piece of an answer, and all webhooks wait for the slowest.
    signal: AbortSignal.timeout(deps.timeoutMs ?? usualTimeoutMs),
  })
  // The status says all. What else the receiver tells is let go and not waited for, because it may never end; a line that is
  // cut off in the middle of it would not serve the next call.
  void answer.dump({ limit: 65_536 }).catch(() => undefined)
  return { status: statusCode }
}
