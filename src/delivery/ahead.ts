import type { ClaimedDelivery } from '../store/delivery-claimed.ts'
import type { DestinationConfig } from './config.ts'
import type { LetterDesk, Written } from './letter-desk.ts'

/** A leased delivery on its way through this node. */
export interface Job {
  readonly delivery: ClaimedDelivery
  readonly lease: string
  /** Null when its letter is still to be written. */
  readonly written: Written | null
  /** Performance clock, in milliseconds: after this the lease is not ours any more. */
  readonly leaseEnds: number
}

/** What a node has claimed for a destination and not sent yet. */
export interface Ahead {
  /** With those whose letters are still to be written. */
  size(): number
  /** Whether the next claim can wait. */
  isEnough(): boolean
  add(claimed: readonly ClaimedDelivery[], lease: string, leaseEnds: number): void
  next(): Job | undefined
  takeAll(): Job[]
  /** When no letter is being written. */
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
  /** Without letters; each its turn. */
  const unwritten: Job[] = []
  let atDesk = 0
  let writing: Promise<void> | undefined
  let pace = { since: performance.now(), taken: 0, perSecond: 0 }

  // A part at a time, as the sending needs them: all of a batch at once took a core from the sending, and later left it idle.
  function writeMore(): void {
    if (writing !== undefined || unwritten.length === 0 || ready.length >= 2 * Math.max(concurrency, partLength)) return
    writing = write(unwritten.splice(0, partLength)).finally(() => {
      writing = undefined
      writeMore()
    })
  }

  async function write(part: readonly Job[]): Promise<void> {
    atDesk = part.length
    const written = await letters.write(
      transport,
      part.map(({ delivery }) => delivery),
    )
    atDesk = 0
    enqueue(
      ready,
      part.map((job, place) => ({ ...job, written: written[place]! })),
    )
    arrived()
  }

  function enqueue(queue: Job[], jobs: readonly Job[]): void {
    queue.unshift(...jobs.filter(({ delivery }) => delivery.urgent))
    queue.push(...jobs.filter(({ delivery }) => !delivery.urgent))
  }

  function learnPace(): void {
    const now = performance.now()
    const perSecond = (pace.taken * 1_000) / Math.max(1, now - pace.since)
    pace = { since: now, taken: 0, perSecond }
  }

  const size = (): number => ready.length + atDesk + unwritten.length

  return {
    size,
    isEnough: () => size() >= Math.max(concurrency, Math.min(batch, Math.ceil(pace.perSecond * aheadSeconds))),
    add(claimed, lease, leaseEnds) {
      learnPace()
      const jobs = claimed.map((delivery) => ({ delivery, lease, leaseEnds, written: null }))
      const few = jobs.length < worthThread
      enqueue(few ? ready : unwritten, jobs)
      writeMore()
      if (few) arrived()
    },
    next() {
      const job = ready.shift()
      if (job !== undefined) pace.taken += 1
      writeMore()
      return job
    },
    takeAll: () => [...ready.splice(0), ...unwritten.splice(0)],
    async written() {
      while (writing !== undefined) await writing
    },
  }
}
