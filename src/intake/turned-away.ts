import { brusselsDay } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { isDatabaseAway, type Database } from '../store/connect.ts'
import { addTurnedAway } from '../store/turned-away.ts'

/**
 * Counts what was offered and not taken: no authentication, over the limits, no room (law 4). Kept in memory per day,
 * sender, service and code, and added to the database every few seconds; the key space is bounded by known senders.
 */
export interface TurnedAway {
  count(code: string, senderId: number, service: string): void
  flush(): Promise<void>
  stop(): Promise<void>
}

export function countTurnedAway(db: Database, node: string, log: Log, now: () => Date): TurnedAway {
  let counts = new Map<string, number>()
  const flush = async (): Promise<void> => {
    if (counts.size === 0) return
    const taken = counts
    counts = new Map()
    try {
      await addTurnedAway(
        db,
        [...taken].map(([key, count]) => {
          const [day, senderId, service, code] = key.split('|') as [string, string, string, string]
          return { day, node, senderId: Number(senderId), service, code, count }
        }),
      )
    } catch (error) {
      for (const [key, count] of taken) counts.set(key, (counts.get(key) ?? 0) + count)
      if (!isDatabaseAway(error)) log.error('turned-away-not-counted', {}, error)
    }
  }
  const timer = setInterval(() => void flush(), 2_000)
  return {
    count(code, senderId, service) {
      const key = `${brusselsDay(now())}|${senderId}|${service}|${code}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    flush,
    async stop() {
      clearInterval(timer)
      await flush()
    },
  }
}
