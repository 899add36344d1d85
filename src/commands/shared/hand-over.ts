import { setTimeout as sleep } from 'node:timers/promises'
import type { Language } from '../../kernel/language.ts'
import { z } from 'zod'
import type { HubAddress } from './hub-address.ts'
import type { FoundMessage } from './message-files.ts'

const texts = z.object({ nl: z.string(), fr: z.string(), de: z.string(), en: z.string() })
const fault = z.object({ code: z.string(), severity: z.enum(['error', 'warning']), path: z.string(), texts })
const body = z.object({
  receipt: z.string().optional(),
  firstReceipt: z.string().optional(),
  receivedAt: z.string().optional(),
  sha256: z.string().optional(),
  level: z.enum(['stored', 'spooled']).optional(),
  repeated: z.boolean().optional(),
  errors: z.array(fault).optional(),
  code: z.string().optional(),
  texts: texts.optional(),
})

export type HandOverBody = z.infer<typeof body>

/** What became of one message: the hub's last answer, or why there was none. */
export type HandedOver =
  | { readonly state: 'answered'; readonly status: number; readonly body: HandOverBody; readonly attempts: number }
  | { readonly state: 'no-answer'; readonly why: string; readonly attempts: number }

export interface HandOverOptions {
  readonly hub: HubAddress
  readonly language: Language
  /** How long a hub that cannot take it is asked again, in milliseconds. */
  readonly patience: number
  readonly onRetry: (why: string) => void
}

const longestPause = 5_000

/**
 * Hands one message over: the same bytes again and again while the hub has no room, is stopping or does not answer, so that
 * an answer that got lost leads to the same receipt (law 3).
 */
export async function handOver(
  message: FoundMessage,
  contentType: string,
  options: HandOverOptions,
): Promise<HandedOver> {
  const end = Date.now() + options.patience
  let freshToken = false
  for (let attempts = 1; ; attempts++) {
    const outcome = await post(message.bytes, contentType, options, freshToken)
    // A token lasts ten minutes: one that ran out on the way is replaced once.
    if (outcome.state === 'answered' && outcome.status === 401 && !freshToken) {
      freshToken = true
      continue
    }
    const pause = Math.min(longestPause, 250 * 2 ** Math.min(attempts - 1, 5)) * (0.75 + Math.random() / 2)
    const wait = outcome.state === 'answered' ? Math.max(pause, outcome.rest * 1_000) : pause
    if (!isTemporary(outcome) || Date.now() + wait > end) return settled(outcome, attempts)
    options.onRetry(outcome.state === 'answered' ? `HTTP ${outcome.status}` : outcome.why)
    await sleep(wait)
  }
}

type Answer =
  | { readonly state: 'answered'; readonly status: number; readonly body: HandOverBody; readonly rest: number }
  | { readonly state: 'no-answer'; readonly why: string }

async function post(bytes: Uint8Array, contentType: string, options: HandOverOptions, fresh: boolean): Promise<Answer> {
  const { hub, language } = options
  const authorization = `Bearer ${await hub.token(fresh)}`
  try {
    const response = await fetch(`${hub.url}/messages`, {
      method: 'POST',
      headers: { 'content-type': contentType, accept: 'application/json', 'accept-language': language, authorization },
      body: Buffer.from(bytes),
      signal: AbortSignal.timeout(30_000),
    })
    const read = body.safeParse(await response.json().catch(() => ({})))
    const rest = Number(response.headers.get('retry-after') ?? 0) || 0
    return { state: 'answered', status: response.status, body: read.success ? read.data : {}, rest }
  } catch (error) {
    const { message, cause } = error as Error
    return { state: 'no-answer', why: (cause as NodeJS.ErrnoException | undefined)?.code ?? message }
  }
}

const temporary = new Set([429, 502, 503, 504])

const isTemporary = (answer: Answer): boolean => answer.state === 'no-answer' || temporary.has(answer.status)

function settled(answer: Answer, attempts: number): HandedOver {
  if (answer.state === 'no-answer') return { ...answer, attempts }
  return { state: 'answered', status: answer.status, body: answer.body, attempts }
}
