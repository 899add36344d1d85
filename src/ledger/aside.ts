import { prefixOf } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { isDatabaseAway, isDataRefused, type Database } from '../store/connect.ts'
import { insertMissing, settledAmong, type SpooledReceipt } from '../store/spooled-missing.ts'
import type { SpooledMessage } from './spool/message.ts'
import { returnAll } from './spool/return-aside.ts'
import type { Spool } from './spool/spool.ts'

const soonMilliseconds = 10_000
const againMilliseconds = 3_600_000

/** Looks after what the database refused. */
export interface AsideRounds {
  /** Offers all of it now. */
  again(): void
  stop(): Promise<void>
}

/**
 * What this node keeps aside stands in the database, where people see it and settle it (law 4). All of it is offered once
 * an hour; what somebody settled soon, once more, and is kept no more when the database refuses it still.
 */
export function lookAfterAside(deps: {
  readonly db: Database
  readonly spool: Pick<Spool, 'asideSince' | 'asideGiven' | 'returnAside' | 'dropAside'>
  readonly node: string
  readonly log: Log
  readonly store: (messages: readonly SpooledMessage[]) => Promise<void>
  /** Whether the database takes messages now. */
  readonly storing: () => boolean
  /** Milliseconds until all is offered again. */
  readonly every?: number
}): AsideRounds {
  const { db, spool, node, log, store, storing, every = againMilliseconds } = deps
  /** Set aside again after it went, a message is named again: what settled it before does not. */
  const named = new Map<string, Date>()
  let due = performance.now() + every
  let stopped = false
  let running: Promise<void> | null = null

  const round = async (): Promise<void> => {
    const receipts = [...spool.asideSince().keys()]
    const fresh = [...spool.asideSince()].filter(([receipt, since]) => named.get(receipt) !== since)
    const rows: SpooledReceipt[] = []
    // One body in memory at a time, whatever an outage has left.
    for (const [receipt] of fresh)
      rows.push({ ...(await spool.asideGiven(receipt)), prefix: prefixOf(receipt), refused: true })
    if (rows.length > 0) await insertMissing(db, node, rows)
    for (const [receipt, since] of fresh) named.set(receipt, since)
    const settled = await settledAmong(db, receipts)
    const isDue = performance.now() >= due
    if (isDue) due = performance.now() + every
    const offered = isDue ? receipts : settled
    await returnAll({ spool, store, isRefusal: isDataRefused, log, stopping: () => stopped }, offered, settled)
  }
  const start = (): void => {
    if (stopped || !storing() || spool.asideSince().size === 0) return
    running ??= round()
      .catch((error: unknown) => {
        if (!isDatabaseAway(error)) log.error('spool-aside-not-named', {}, error)
      })
      .finally(() => {
        running = null
      })
  }
  const rounds = setInterval(start, Math.min(every, soonMilliseconds))
  return {
    again() {
      due = 0
      start()
    },
    async stop() {
      stopped = true
      clearInterval(rounds)
      await running
    },
  }
}
