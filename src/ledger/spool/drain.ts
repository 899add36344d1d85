import { failurePoint } from '../../kernel/failure-points.ts'
import type { Log } from '../../kernel/log.ts'
import type { SpooledMessage } from './message.ts'
import type { Spool } from './spool.ts'

export interface DrainOptions {
  readonly spool: Pick<Spool, 'next' | 'done' | 'setAside' | 'state' | 'idle'>
  /** Stores messages in bulk, in order; storing them again changes nothing. Throws when it could not. */
  readonly store: (messages: readonly SpooledMessage[]) => Promise<void>
  /** Whether an error of `store` says that a message is refused for what it is; after any other the batch waits. */
  readonly isRefusal: (error: unknown) => boolean
  readonly log: Log
  /** Called each time the drain has emptied the spool. */
  readonly onDrained: () => void
  /** Called after a message the store refuses has been set aside, durably. */
  readonly onSetAside?: (message: SpooledMessage, error: unknown) => void
  /** Called when a batch has to wait: the database is away or cannot store now, or the disk of the spool refuses. */
  readonly onWait?: (error: unknown) => void
  /** Called when the store refuses so much that the drain goes on slowly: whoever waits for its end should not. */
  readonly onDoubt?: () => void
  /** Milliseconds before the first new attempt; doubles up to 5 seconds. */
  readonly firstPause?: number
}

export interface Drain {
  /** Starts draining, or tries again at once. */
  kick(): void
  /** Whether the store refuses so much that the end of the drain is not near. */
  inDoubt(): boolean
  /** Finishes the batch under way and stops. */
  stop(): Promise<void>
}

const batchMessages = 256
const batchBytes = 8 * 1024 * 1024
const longestPause = 5_000
/** So many refusals in a row look like a fault of ours rather than of each message: then one at a time, with pauses. */
const suspiciousRefusals = 8

/**
 * Drains a spool into the database while messages wait, in order: read, store, move the cursor. A crash in between drains
 * the same messages again. A message the store refuses is found by halving and set aside, so that the others pass.
 *
 * @example const drain = startDrain({ spool, store, isRefusal, log, onDrained: () => undefined }); drain.kick()
 */
export function startDrain(options: DrainOptions): Drain {
  const { spool, log } = options
  const rest = makeRest(options.firstPause ?? 250)
  // Not woken by a kick: this one protects the messages from us.
  const doubt = makeRest(options.firstPause ?? 250)
  let stopping = false
  let running: Promise<void> | null = null
  let refusedInRow = 0
  const inDoubt = (): boolean => refusedInRow > suspiciousRefusals

  const storeOrSetAside = async (messages: readonly SpooledMessage[]): Promise<void> => {
    try {
      await options.store(messages)
      refusedInRow = 0
      doubt.reset()
    } catch (error) {
      if (!options.isRefusal(error)) throw error
      if (messages.length > 1) {
        const half = Math.ceil(messages.length / 2)
        await storeOrSetAside(messages.slice(0, half))
        await storeOrSetAside(messages.slice(half))
        return
      }
      await setAside(messages[0]!, error)
    }
  }
  const setAside = async (message: SpooledMessage, error: unknown): Promise<void> => {
    refusedInRow += 1
    if (inDoubt()) {
      options.onDoubt?.()
      await doubt.pause()
    }
    // Stopped while in doubt: the batch is not done, and the next start asks the store once more.
    if (stopping) throw error
    await spool.setAside(message)
    failurePoint('spool-after-aside')
    log.error('spool-message-set-aside', { receipt: message.receipt }, error)
    options.onSetAside?.(message, error)
  }
  const drainBatch = async (): Promise<boolean> => {
    const { messages, token } = await spool.next(batchMessages, batchBytes)
    if (messages.length === 0) return false
    await storeOrSetAside(messages)
    failurePoint('drain-after-commit')
    await spool.done(token)
    return true
  }
  const run = async (): Promise<void> => {
    let moved = false
    for (;;) {
      if (stopping) return
      try {
        if (await drainBatch()) {
          moved = true
          rest.reset()
          continue
        }
        if (moved && spool.idle()) options.onDrained()
        return
      } catch (error) {
        if (stopping) return
        log.warn('spool-drain-waits', { frames: spool.state().frames }, error)
        options.onWait?.(error)
        await rest.pause()
      }
    }
  }
  let again = false
  const start = (): void => {
    again = false
    running = run().finally(() => {
      running = null
      if (again && !stopping) start()
    })
  }
  return {
    kick() {
      // A kick during the last look at an empty spool is remembered, or its message would wait for the next one.
      again = true
      rest.wake()
      if (running === null && !stopping) start()
    },
    inDoubt,
    async stop() {
      stopping = true
      rest.wake()
      doubt.wake()
      await running
    },
  }
}

interface Rest {
  pause(): Promise<void>
  wake(): void
  reset(): void
}

/** Pauses that double, and end early when somebody wakes it. */
function makeRest(first: number): Rest {
  let next = first
  let wakeSleeper: (() => void) | null = null
  return {
    async pause() {
      const length = next
      next = Math.min(next * 2, longestPause)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, length)
        wakeSleeper = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      wakeSleeper = null
    },
    wake: () => wakeSleeper?.(),
    reset() {
      next = first
    },
  }
}
