import { setTimeout as wait } from 'node:timers/promises'
import type { Books } from './books.ts'
import type { Client } from '../shared/clients.ts'
import type { HubAnswer, HubLine } from '../shared/hub-line.ts'
import type { Ending, Journal, Offer } from './journal.ts'

/** One pharmacy: sends its forms in order and keeps what has no answer yet. */
export interface Pharmacy {
  readonly client: Client
  /** Writes the form down, then queues it. */
  offer(offer: Offer): void
  /** Queues what was written down before. */
  resume(offer: Offer): void
  /** Sends a form again that has its receipt already, and checks that the same receipt comes back. */
  repeat(offer: Offer, receipt: string): Promise<void>
  readStatus(): Promise<void>
}

export interface PharmacyOptions {
  readonly client: Client
  readonly hub: HubLine
  readonly books: Books
  readonly journal: Journal
  readonly ended: () => boolean
  /** Told of each receipt, so that the generator may repeat or contradict it. */
  readonly received: (pharmacy: Pharmacy, offer: Offer, receipt: string) => void
}

const firstPause = 200
const longestPause = 5_000

export function openPharmacy(options: PharmacyOptions): Pharmacy {
  const { client, hub, books, journal } = options
  const queue: Offer[] = []
  let [sending, cursor] = [false, '']

  const work = async (): Promise<void> => {
    if (sending) return
    sending = true
    let pause = firstPause
    for (let offer = queue[0]; offer && !options.ended(); offer = queue[0]) {
      const answer = await hub.send(offer.body)
      const ending = readEnding(offer, answer)
      if (ending) {
        queue.shift()
        settle(offer, ending, answer)
        pause = firstPause
        continue
      }
      books.count('triedAgain')
      // Jitter, so that the pharmacies do not all come back in the same moment.
      await wait(Math.max(pause, answer.state === 'answered' ? answer.retryAfterMs : 0) * (0.5 + Math.random()))
      pause = Math.min(pause * 2, longestPause)
    }
    sending = false
  }
  const settle = (offer: Offer, ending: Ending, answer: HubAnswer): void => {
    books.ended(ending)
    journal.ended(ending, books.waiting() === 0)
    if (ending.state !== 'receipt') return
    if (hashOf(answer) !== offer.sha256) books.count('broken')
    options.received(pharmacy, offer, ending.receipt)
  }
  const pharmacy: Pharmacy = {
    client,
    offer(offer) {
      journal.offered(offer)
      pharmacy.resume(offer)
    },
    resume(offer) {
      books.count('offered')
      queue.push(offer)
      void work()
    },
    async repeat(offer, receipt) {
      const ending = readEnding(offer, await hub.send(offer.body))
      if (ending === null) return
      books.count('repeats')
      if (ending.state !== 'receipt' || ending.receipt !== receipt) books.count('broken')
    },
    async readStatus() {
      const answer = await hub.status(cursor)
      if (answer.state === 'no-answer' || answer.status !== 200) return
      const { events, next } = answer.body as { events: { state: string }[]; next: string | number }
      for (const event of events) books.told(event.state)
      cursor = String(next)
    },
  }
  return pharmacy
}

/** How an offer ended by an answer; null = it must be sent again. */
export function readEnding(offer: Offer, answer: HubAnswer): Ending | null {
  if (answer.state === 'no-answer') return null
  const { status } = answer
  const { clientId, messageId, sha256, traveller } = offer
  const head = { clientId, messageId, sha256, traveller }
  const body = answer.body as { receipt?: unknown; level?: string; errors?: { severity?: string }[] } | null
  const receipt = typeof body?.receipt === 'string' ? body.receipt : ''
  if (status === 409) return { ...head, state: 'conflict', receipt }
  if (receipt !== '' && (status === 422 || status < 300)) {
    const refused = status === 422 || (body?.errors ?? []).some((error) => error.severity !== 'warning')
    return { ...head, state: 'receipt', receipt, level: body?.level ?? 'stored', refused }
  }
  // 401 is a token that lapsed under way; a 2xx without a receipt is no proof of custody.
  const again = status === 401 || status === 408 || status === 425 || status === 429 || status >= 500 || status < 400
  return again ? null : { ...head, state: 'turned-away', status }
}

function hashOf(answer: HubAnswer): unknown {
  return answer.state === 'answered' ? (answer.body as { sha256?: unknown } | null)?.sha256 : undefined
}
