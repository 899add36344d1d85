import { SluisError } from '../kernel/errors.ts'
import { receiptNumber } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { askDatabase, isDatabaseAway, isDataRefused, type Database } from '../store/connect.ts'
import type { Arrival, Custody } from './arrival.ts'
import { lookAfterAside } from './aside.ts'
import type { Bell } from './bell.ts'
import { nameLostReceipts } from './lost-receipts.ts'
import { startDrain } from './spool/drain.ts'
import type { SpooledMessage } from './spool/message.ts'
import type { Spool } from './spool/spool.ts'
import { storeBatch, type Numbered, type Outcome } from './store-batch.ts'
import type { Vault } from './vault.ts'

/** How intake keeps what it takes: straight into the database, or on this node's disk while the database is away. */
export type Custodian =
  | { readonly state: 'storing' }
  | { readonly state: 'spooling'; readonly since: Date }
  | { readonly state: 'draining'; readonly since: Date }

export interface AcceptDeps {
  /** A pool of its own, so that nothing else can take the lanes away. */
  readonly db: Database
  readonly vault: Vault
  readonly spool: Spool
  readonly bell: Bell
  readonly node: string
  readonly log: Log
  readonly now: () => Date
  /** Milliseconds until what the database refused is given to it again. */
  readonly asideMilliseconds?: number
}

/** The intake end of the ledger. */
export interface Accepting {
  /**
   * Takes custody of a message. Resolves after the durable commit (database or spool), never before (law 1).
   * Throws `intake-full`, `intake-stopping` or `spool-full`: then there is no custody.
   */
  accept(arrival: Arrival): Promise<Custody>
  custodian(): Custodian
  waiting(): number
  /** Refuses new messages, finishes what was taken, closes the spool. */
  stop(): Promise<void>
}

const lanes = 2
const largestBatch = 256
const largestQueue = 8_192
/** Of these at most so many of one service: its flood leaves room for the messages of the others (law 5). */
const largestShare = 6_144
/** Below this many spooled frames new arrivals wait in memory for the drain to end, so that order per sender holds. */
const shortDrain = 2_000
const lookMilliseconds = 250
/**
 * Once the database is away, what waits in memory waits so long for the batches before it, so that all are spooled in order;
 * a line that fell silent is given up later than anybody's answer can wait.
 */
const settleMilliseconds = 2_000

interface Waiting {
  readonly arrival: Numbered
  resolve(custody: Custody): void
  reject(error: unknown): void
}

/**
 * Starts accepting: every message that is queued when a lane is free goes out as one statement (self-clocking: a lone
 * message never waits, a crowd shares a commit). Two lanes keep one batch in flight while the next is made.
 */
export function startAccepting(deps: AcceptDeps): Accepting {
  const { db, vault, spool, bell, node, log } = deps
  const queue: Waiting[] = []
  const queued = new Map<string, number>()
  const count = (service: string, by: 1 | -1): void => void queued.set(service, (queued.get(service) ?? 0) + by)
  const takeFromQueue = (most: number): Waiting[] => {
    const taken = queue.splice(0, most)
    for (const { arrival } of taken) count(arrival.service, -1)
    return taken
  }
  let busyLanes = 0
  let underWay = 0
  let started = 0
  /** Batches the database did not take, by the order of their start: all of them older than the queue. */
  const undone: { readonly start: number; readonly batch: readonly Waiting[] }[] = []
  /** Runs while a batch under way may still come back undone: until then nothing younger is spooled. */
  let settling: NodeJS.Timeout | null = null
  let stopping = false
  /** Spooled messages stored since arrivals last went straight in. */
  let drained = 0
  // Until the database has answered once, everything is spooled: a node that restarts takes messages at once.
  let custodian: Custodian = { state: 'spooling', since: deps.now() }

  const pump = (): void => {
    while (custodian.state === 'storing' && busyLanes < lanes && queue.length > 0) {
      // A statement costs as much as five rows: beside a batch under way only one of its size is worth another.
      if (queue.length < Math.min(underWay, largestBatch)) return
      const batch = takeFromQueue(largestBatch)
      const start = (started += 1)
      busyLanes += 1
      underWay += batch.length
      void runLane(batch).then((away) => {
        busyLanes -= 1
        underWay -= batch.length
        if (away !== null) {
          undone.push({ start, batch })
          beginSpooling(away)
        } else if (settling !== null && busyLanes === 0) spoolWaiting()
        pump()
      })
    }
  }

  /** Stores a batch and answers it. Returns what the database said when it was away: then nobody is answered yet. */
  const runLane = async (batch: readonly Waiting[]): Promise<unknown> => {
    try {
      const outcomes = await storeBatch(
        db,
        vault,
        node,
        batch.map((waiting) => waiting.arrival),
        'stored',
      )
      bell.ring('read')
      batch.forEach((waiting, place) => answer(waiting, outcomes[place]!))
    } catch (error) {
      if (isDatabaseAway(error)) return error
      log.error('accept-failed', { batch: batch.length }, error)
      for (const waiting of batch)
        waiting.reject(new SluisError('unexpected', { trace: waiting.arrival.receipt }, { cause: error }))
    }
    return null
  }

  const beginSpooling = (error: unknown): void => {
    if (custodian.state === 'storing') {
      if (!stopping) log.warn('database-away-spooling', {}, error)
      settling = setTimeout(spoolWaiting, settleMilliseconds)
    }
    if (custodian.state !== 'spooling') custodian = { state: 'spooling', since: deps.now() }
    if (settling === null || busyLanes === 0) spoolWaiting()
  }

  /** Spools what waits in memory in the order in which it came. */
  const spoolWaiting = (): void => {
    if (settling !== null) clearTimeout(settling)
    settling = null
    for (const { batch } of undone.splice(0).sort((a, b) => a.start - b.start)) batch.forEach(spoolOne)
    takeFromQueue(queue.length).forEach(spoolOne)
  }

  const spoolOne = (waiting: Waiting): void => {
    const { arrival } = waiting
    spool.append(arrival).then(
      () =>
        waiting.resolve({
          state: 'accepted',
          receipt: arrival.receipt,
          receivedAt: arrival.receivedAt,
          level: 'spooled',
          repeated: false,
        }),
      (error: unknown) => waiting.reject(error),
    )
  }

  const drain = startDrain({
    spool,
    async store(messages) {
      await storeSpooled(deps, messages)
      drained += messages.length
      if (custodian.state === 'spooling') custodian = { state: 'draining', since: deps.now() }
    },
    isRefusal: isDataRefused,
    log,
    // Whatever it waits for: nobody knows for how long, and arrivals must not wait in memory with it.
    onWait: beginSpooling,
    onDoubt: spoolWaiting,
    onDrained: () => {
      if (custodian.state !== 'draining') return
      if (spool.state().frames === 0 && spool.idle()) becomeStoring()
      else drain.kick()
    },
  })

  const isLongDrain = (): boolean => spool.state().frames > shortDrain || drain.inDoubt()

  // The drain that ends and the look that finds nothing left may both come to it.
  const becomeStoring = (): void => {
    if (custodian.state === 'storing') return
    log.info('database-back-storing', { drained })
    drained = 0
    custodian = { state: 'storing' }
    // Only now: what was still in the spool has just become a message.
    void nameLostReceipts(deps)
    aside.again()
    pump()
  }

  const aside = lookAfterAside({
    ...deps,
    store: (messages) => storeSpooled(deps, messages),
    storing: () => custodian.state === 'storing',
    ...(deps.asideMilliseconds === undefined ? {} : { every: deps.asideMilliseconds }),
  })

  /** Looks whether the database is back; first the spool is drained, then arrivals go straight in again. */
  const look = async (): Promise<void> => {
    if (custodian.state === 'storing') return
    try {
      await askDatabase(db)
    } catch {
      if (custodian.state === 'draining') beginSpooling(undefined)
      return
    }
    // Frames whose sync is still running are not counted yet: go straight only when a second look finds none.
    if (spool.state().frames === 0 && spool.idle()) {
      if (settling === null) becomeStoring()
      return
    }
    // A database that answers may still refuse to write; only what it has stored says that it is back.
    drain.kick()
  }
  const looking = setInterval(() => void look(), lookMilliseconds)
  void look()

  return {
    accept(arrival) {
      if (stopping) return Promise.reject(new SluisError('intake-stopping'))
      const number = receiptNumber(vault.keys.receipt, arrival.senderId, arrival.messageId, arrival.sha256)
      return new Promise((resolve, reject) => {
        const waiting: Waiting = { arrival: { ...arrival, ...number }, resolve, reject }
        if (
          settling === null &&
          (custodian.state === 'spooling' || (custodian.state === 'draining' && isLongDrain()))
        ) {
          // A drain that was short a moment ago left older ones in memory.
          spoolWaiting()
          return spoolOne(waiting)
        }
        const ofService = queued.get(arrival.service) ?? 0
        if (queue.length >= largestQueue || ofService >= largestShare) {
          // A short drain ends soon, and what waits is stored then.
          if (custodian.state === 'storing' || settling === null)
            return reject(new SluisError('intake-full', { seconds: 2 }))
          // Room on the disk counts for more than the order behind a batch that is not answered yet.
          spoolWaiting()
          return spoolOne(waiting)
        }
        queue.push(waiting)
        count(arrival.service, 1)
        pump()
      })
    },
    custodian: () => custodian,
    waiting: () => queue.length,
    async stop() {
      stopping = true
      clearInterval(looking)
      const asideStopped = aside.stop()
      const deadline = Date.now() + 10_000
      while (
        (queue.length > 0 || busyLanes > 0) &&
        (custodian.state === 'storing' || settling !== null) &&
        Date.now() < deadline
      )
        await pause(10)
      beginSpooling(undefined)
      spoolWaiting()
      await drain.stop()
      await asideStopped
      await spool.close()
    },
  }
}

function answer(waiting: Waiting, outcome: Outcome): void {
  if (outcome.state === 'failed') {
    waiting.reject(new SluisError('unexpected', { trace: waiting.arrival.receipt }, { cause: outcome.error }))
  } else {
    waiting.resolve(outcome)
  }
}

/** Stores drained frames. What the database refuses for its data is thrown, so that the drain finds and sets it aside. */
async function storeSpooled(deps: AcceptDeps, messages: readonly SpooledMessage[]): Promise<void> {
  const outcomes = await storeBatch(deps.db, deps.vault, deps.node, messages, 'spooled')
  const failed = outcomes.find((outcome) => outcome.state === 'failed')
  if (failed?.state === 'failed') throw failed.error
  deps.bell.ring('read')
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
