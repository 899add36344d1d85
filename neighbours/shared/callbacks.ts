import { Webhook } from 'standardwebhooks'
import { Agent, request } from 'undici'

/** What a destination tells the hub later, in the words of docs/neighbours.md. */
export interface Callback {
  readonly destination: string
  readonly deliveryId: string
  readonly state: 'acknowledged' | 'refused'
  readonly reference: string
  readonly sha256: string
  readonly acknowledgedAt: string
  readonly code?: string
  readonly text?: string
}

export interface Callbacks {
  /** Queues one; each gets its own webhook id. */
  send(callback: Callback): void
  /** How many the hub has taken. */
  taken(): number
  setHubs(hubs: readonly string[]): void
  /** Holds the queue while the line is not up. */
  hold(held: boolean): void
  close(): Promise<void>
}

const waitingLimit = 200_000
const atOnce = 32
const tries = 8

interface Waiting {
  readonly id: string
  readonly body: string
  readonly tried: number
}

/**
 * Posts acknowledgements to the hub, signed as Standard Webhooks 1.0 asks. A hub that does not answer is tried again, on its
 * next node, up to 8 times in about half a minute; then the callback is given up and the hub has to ask. At most 200,000 wait.
 *
 * @param secret `whsec_<base64>`; any other text is taken as the bytes of the key
 */
export function startCallbacks(options: {
  readonly hubs: readonly string[]
  readonly secret: string
  readonly now: () => number
}): Callbacks {
  const signer = webhookSigner(options.secret)
  const agent = new Agent({ connections: atOnce, pipelining: 1, headersTimeout: 5_000, bodyTimeout: 5_000 })
  const ready: Waiting[] = []
  let hubs = options.hubs
  let [head, busy, waiting, taken, count, held, ended] = [0, 0, 0, 0, 0, false, false]

  const post = async (one: Waiting): Promise<boolean> => {
    const signedAt = new Date(options.now())
    try {
      const answer = await request(`${hubs[one.tried % hubs.length]}/acknowledgements`, {
        method: 'POST',
        dispatcher: agent,
        headers: {
          'content-type': 'application/json',
          'webhook-id': one.id,
          'webhook-timestamp': String(Math.floor(signedAt.getTime() / 1_000)),
          'webhook-signature': signer.sign(one.id, signedAt, one.body),
        },
        body: one.body,
      })
      await answer.body.dump()
      return answer.statusCode < 300
    } catch {
      return false
    }
  }
  const offer = async (one: Waiting): Promise<void> => {
    busy++
    const done = await post(one)
    busy--
    if (done) taken++
    if (done || one.tried + 1 >= tries) waiting--
    else setTimeout(put, 250 * 2 ** one.tried, { ...one, tried: one.tried + 1 }).unref()
    pump()
  }
  const put = (one: Waiting): void => {
    ready.push(one)
    pump()
  }
  const next = (): Waiting | undefined =>
    held || ended || hubs.length === 0 || busy >= atOnce ? undefined : ready[head]
  const pump = (): void => {
    for (let one = next(); one; one = next()) {
      head++
      void offer(one)
    }
    if (head > 1_024 || head === ready.length) {
      ready.splice(0, head)
      head = 0
    }
  }
  return {
    send(callback) {
      if (waiting >= waitingLimit) return
      waiting++
      put({ id: `${callback.deliveryId}.${process.pid}.${++count}`, body: JSON.stringify(callback), tried: 0 })
    },
    taken: () => taken,
    setHubs(next) {
      hubs = next
      pump()
    },
    hold(next) {
      held = next
      pump()
    },
    async close() {
      ended = true
      await agent.destroy()
    },
  }
}

/** Signs and checks with a destination's secret; the hub does the same on its side. */
export function webhookSigner(secret: string): Webhook {
  return secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' })
}
