import { z } from 'zod'
import { open, seal } from '../kernel/keys.ts'

const shape = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  /** Milliseconds since 1970. */
  until: z.number(),
})

/** What must be remembered from the start of a sign-in elsewhere to its end. The browser carries it, so any node can end it. */
export type Flow = z.infer<typeof shape>

const bound = 'sign-in v1'

export function sealFlow(key: Buffer, flow: Flow): string {
  return seal(key, Buffer.from(JSON.stringify(flow)), bound).toString('base64url')
}

/** The flow a cookie carries; null when there is none, it is not ours, or it is over. */
export function openFlow(key: Buffer, cookie: string | null, now: Date): Flow | null {
  if (cookie === null) return null
  try {
    const content: unknown = JSON.parse(open(key, Buffer.from(cookie, 'base64url'), bound).toString())
    const flow = shape.parse(content)
    return flow.until > now.getTime() ? flow : null
  } catch {
    return null
  }
}
