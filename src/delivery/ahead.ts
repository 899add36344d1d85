import type { ClaimedDelivery } from '../store/delivery-claimed.ts'
import type { DestinationConfig } from './config.ts'
import type { LeaseEnd } from './lease-time.ts'
import type { LetterDesk, Written } from './letter-desk.ts'

/** A leased delivery on its way through this node. */
export interface Job {
  readonly delivery: ClaimedDelivery
  readonly lease: string
  /** Null when its letter is still to be written. */
  readonly written: Written | null
  /** After this the lease is not ours any more. */
  readonly leaseEnds: LeaseEnd
}

/** What a node has claimed for a destination and not sent yet. */
export interface Ahead {
  /** With those whose letters are being written. */
  size(): number
  /** Whether the next claim can wait. */
  isEnough(): boolean
  add(claimed: readonly ClaimedDelivery[], lease: string, leaseEnds: LeaseEnd): void
  next(): Job | undefined
  takeAll(): Job[]
  /** Takes out those of whom `which` says so; the others stay in their order. */
  take(which: (job: Job) => boolean): Job[]
  /** When no letter is being written any more. */
  written(): Promise<void>
}

/** A claim takes about half of this when both cores are busy. */
const aheadSeconds = 0.1
const partLength = 64
/** Fewer letters than this are written sooner by whoever posts them. */
const worthThread = 32

/**
 * `arrived` is called when there is something to send. Fast destinations have a batch ahead, so that nobody waits for the
 * database; slow ones as few as they have connections, because what becomes urgent waits for the next claim.
 */
export function keepAhead(
  { transport, concurrency, batch }: Pick<DestinationConfig, 'transport' | 'concurrency' | 'batch'>,
  letters: LetterDesk,
  arrived: () => void,
): Ahead {
  const ready: Job[] = []
  let atDesk = 0
  const writing = new Set<Promise<void>>()
  let pace = { since: performance.now(), taken: 0, perSecond: 0 }

  // The first of a batch go out, and the next batch is claimed, while the letters of the rest are being written.
  async function write(part: readonly ClaimedDelivery[], lease: string, leaseEnds: LeaseEnd): Promise<void> {
    const written = await letters.write(transport, part)
    atDesk -= part.length
    enqueue(part.map((delivery, place) => ({ delivery, lease, leaseEnds, written: written[place]! })))
  }

  function enqueue(jobs: readonly Job[]): void {
    ready.unshift(...jobs.filter(({ delivery }) => delivery.urgent))
    ready.push(...jobs.filter(({ delivery }) => !delivery.urgent))
    arrived()
  }

  function learnPace(): void {
    const now = performance.now()
    const perSecond = (pace.taken * 1_000) / Math.max(1, now - pace.since)
    pace = { since: now, taken: 0, perSecond }
  }

  return {
    size: () => ready.length + atDesk,
    isEnough: () =>
      ready.length + atDesk >= Math.max(concurrency, Math.min(batch, Math.ceil(pace.perSecond * aheadSeconds))),
    add(claimed, lease, leaseEnds) {
      if (claimed.length === 0) return
      learnPace()
      if (claimed.length < worthThread)
        return enqueue(claimed.map((delivery) => ({ delivery, lease, leaseEnds, written: null })))
      atDesk += claimed.length
      for (let from = 0; from < claimed.length; from += partLength) {
        const part = write(claimed.slice(from, from + partLength), lease, leaseEnds)
        writing.add(part)
        void part.finally(() => writing.delete(part))
      }
    },
    next() {
      const job = ready.shift()
      if (job !== undefined) pace.taken += 1
      return job
    },
    takeAll: () => ready.splice(0),
    take(which) {
      const all = ready.splice(0)
      ready.push(...all.filter((job) => !which(job)))
      return all.filter(which)
    },
    async written() {
      await Promise.all(writing)
    },
  }
}
