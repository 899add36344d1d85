import type { Clock } from '../kernel/clock.ts'
import { refusalShares, type RefusalShares, type Share } from '../store/tally-shares.ts'
import type { Look } from './look.ts'

/** Fewer than this in an hour are slips of the keyboard. */
const least = 20
/** Below this share of what comes a code is usual wherever it comes from. */
const smallest = 0.05

/**
 * Refusals for one code that are far more than usual, of one form kind or by one destination: a code list that was left
 * behind, a new version of a software house, a partner that changed its mind. It is noticed before anybody rings.
 */
export function refusalsLook(clock: Clock): Look {
  return {
    name: 'refusals',
    kinds: ['refusals-unusual'],
    everyMs: 10_000,
    async look(db) {
      const shares = await refusalShares(db, clock.now(), least)
      return shares.flatMap((one) => {
        const hour = unusualHour(one)
        if (hour === null) return []
        const { service, formKind, destination, code, weekBefore } = one
        const scope = [service, destination === '' ? formKind : destination, code].join(' ')
        return [{ kind: 'refusals-unusual' as const, scope, detail: { ...hour, usually: shareOf(weekBefore) } }]
      })
    },
  }
}

/** The hour that is unusual. One that has just begun says little: until it does, what the hour before was still holds. */
function unusualHour({ thisHour, lastHour, weekBefore }: RefusalShares): Share | null {
  if (isUnusual(thisHour, weekBefore)) return thisHour
  return thisHour.of < least && isUnusual(lastHour, weekBefore) ? lastHour : null
}

/** Three times what is usual, or half of what is not usual more. Where nothing came before nothing is unusual. */
function isUnusual(hour: Share, before: Share): boolean {
  if (hour.refused < least) return false
  const usual = shareOf(before)
  return shareOf(hour) > Math.max(smallest, Math.min(usual * 3, (1 + usual) / 2))
}

/** One refused beside what came, so that a kind of which little is known is expected to be refused. */
function shareOf({ refused, of }: Share): number {
  return (refused + 1) / (of + 1)
}
