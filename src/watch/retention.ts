import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { keepRetention } from '../ledger/retention.ts'
import type { Look } from './look.ts'

const soonMs = 15_000
const seldomMs = 600_000

/**
 * Closes and drops what is past its retention; says in the log what was closed and what waits for what. What waits is
 * looked at again soon, what does not only now and then.
 */
export function retentionLook(clock: Clock, log: Log): Look {
  let due = 0
  let told = ''
  return {
    name: 'retention',
    kinds: [],
    everyMs: soonMs,
    async look(db) {
      const now = clock.now()
      if (now.getTime() < due) return []
      const closings = await keepRetention(db, now)
      const waits = closings.filter((closing) => closing.state === 'waits')
      for (const { period, state } of closings)
        if (state === 'closed') log.info('period-closed', { service: period.service, period: period.period })
      if (waits.length === 0) due = now.getTime() + seldomMs
      // The same reason again is no news.
      if (JSON.stringify(waits) === told) return []
      told = JSON.stringify(waits)
      for (const { period, for: reasons } of waits)
        log.warn('period-waits', { service: period.service, period: period.period, for: reasons.join(', ') })
      return []
    },
  }
}
