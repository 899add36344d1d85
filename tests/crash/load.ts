import { setTimeout as sleep } from 'node:timers/promises'
import { writeLetter, type Sender } from '../support/sender.ts'

export interface SteadyLoad {
  /** Stops when every letter under way is answered. `sent` numbers the letters in the order their senders sent them. */
  stop(): Promise<{ readonly sent: ReadonlyMap<string, number>; readonly slowest: number }>
}

const kinds = ['rapid-test', 'vaccination', 'booster', 'second-booster'] as const

/** One letter in so many is sent again after its answer; the sender checks that it gets the same receipt. */
const repeatEvery = 10

/** Lets every sender send its share of a rate, one letter after the other, as pharmacies do. */
export function startSteadyLoad(senders: readonly Sender[], perSecond: number): SteadyLoad {
  const every = (senders.length / perSecond) * 1_000
  const sent = new Map<string, number>()
  let stopped = false
  let slowest = 0
  const run = async (sender: Sender, place: number): Promise<void> => {
    let due = performance.now() + (place / senders.length) * every
    while (!stopped) {
      await sleep(Math.max(0, due - performance.now()))
      due = Math.max(due + every, performance.now() - 2 * every)
      const letter = writeLetter(kinds[sent.size % kinds.length])
      sent.set(letter.messageId, sent.size)
      const began = performance.now()
      await sender.send(letter, 120_000)
      slowest = Math.max(slowest, performance.now() - began)
      if (sent.size % repeatEvery === 0) await sender.send(letter, 120_000)
    }
  }
  const running = senders.map(run)
  return {
    async stop() {
      stopped = true
      await Promise.all(running)
      return { sent, slowest }
    },
  }
}
