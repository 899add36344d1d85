import type { Service } from '../formats/record.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { keepRetention } from '../ledger/retention.ts'
import { periodsUntil, retentions } from '../store/retention.ts'
import { missedNodes } from '../store/nodes-gone.ts'
import type { Look } from './look.ts'

const soonMs = 15_000
const seldomMs = 600_000

/**
 * Closes and drops what is past its retention; says in the log what was closed and what waits for what. What waits for work
 * of the hub is looked at again soon; what waits for a person, or for nothing, only now and then.
 */
export function retentionLook(clock: Clock, log: Log): Look {
  let due = 0
  /** Until when a service rests that no work of the hub helps on. */
  const rests = new Map<Service, number>()
  const told = new Map<Service, string>()
  return {
    name: 'retention',
    kinds: [],
    everyMs: soonMs,
    async look(db) {
      // A clock of the day that was wrong and is put right would make it wait for the time it showed.
      const since = performance.now()
      if (since < due) return []
      const resting = [...rests].filter(([, until]) => since < until).map(([service]) => service)
      const closings = await keepRetention(db, clock.now(), new Set(resting))
      due = since + seldomMs
      for (const closing of closings) {
        const { service, period } = closing.period
        if (closing.state === 'closed') {
          log.info('period-closed', { service, period })
          continue
        }
        if (closing.lasting) rests.set(service, since + seldomMs)
        else due = 0
        const waits = { service, period, for: closing.for.join(', ') }
        // The same reason again is no news.
        if (told.get(service) === JSON.stringify(waits)) continue
        told.set(service, JSON.stringify(waits))
        log.warn('period-waits', waits)
      }
      return []
    },
  }
}

const dayMs = 86_400_000

/**
 * Nodes that were silent for a day while a period that should have gone a day ago waits for them: what is on their disk may
 * belong to it, and whether they come back only a person knows (`sluis node`).
 */
export function keptForNodeLook(clock: Clock): Look {
  return {
    name: 'kept-for-node',
    kinds: ['kept-for-node'],
    everyMs: 60_000,
    async look(db) {
      const dayAgo = clock.now().getTime() - dayMs
      const missed = await missedNodes(db)
      const silent = missed.filter(({ gone, seenAt }) => gone === null && seenAt.getTime() < dayAgo)
      if (silent.length === 0) return []
      const waiting: string[] = []
      for (const { service, days } of await retentions(db)) {
        if (days === null) continue
        const [oldest] = await periodsUntil(db, service, new Date(dayAgo - days * dayMs))
        if (oldest !== undefined) waiting.push(`${service} ${oldest.period}`)
      }
      if (waiting.length === 0) return []
      return silent.map(({ name, seenAt }) => ({
        kind: 'kept-for-node',
        scope: name,
        detail: { seenAt: seenAt.toISOString(), waiting },
      }))
    },
  }
}
