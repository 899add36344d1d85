import type { Database } from '../store/connect.ts'
import { openLanes, type Lane } from '../store/delivery-claim.ts'
import type { ClaimedDelivery } from '../store/delivery-claimed.ts'
import type { Route } from './config.ts'
import type { Opening } from './gate.ts'
import { isPaused } from './heed-pauses.ts'

/**
 * The lanes of a destination (service and form kind) and how a claim is shared between them: lanes that had nothing last
 * time get a small share, so that one kind's backlog neither starves nor waits for another kind.
 */
export interface Lanes {
  shares(opening: Opening): (Lane & { readonly share: number })[]
  learn(asked: readonly (Lane & { readonly share: number })[], claimed: readonly ClaimedDelivery[]): void
}

const refreshMilliseconds = 10_000
const lookShare = 16

const keyOf = ({ service, formKind }: Lane): string => `${service} ${formKind}`

export function makeLanes(
  deps: { readonly db: Database; readonly routes: readonly Route[] },
  destination: string,
): Lanes {
  const lanes = new Map<string, Lane>()
  const busy = new Set<string>()
  for (const route of deps.routes.filter((one) => one.destination === destination))
    for (const formKind of route.formKinds) {
      const lane = { service: route.service, formKind }
      lanes.set(keyOf(lane), lane)
    }
  let refreshed = 0
  // What an older version of the routes made owed is still owed.
  const refresh = (): void => {
    if (Date.now() - refreshed < refreshMilliseconds) return
    refreshed = Date.now()
    openLanes(deps.db, destination).then(
      (found) => found.forEach((lane) => lanes.set(keyOf(lane), lane)),
      () => (refreshed = 0),
    )
  }
  return {
    shares({ permits, pauses }) {
      refresh()
      const running = [...lanes.values()].filter((lane) => !isPaused(lane, pauses))
      const working = running.filter((lane) => busy.has(keyOf(lane)))
      const full = Math.ceil(permits / Math.max(1, working.length))
      return running.map((lane) => ({
        ...lane,
        share: busy.has(keyOf(lane)) || working.length === 0 ? full : Math.min(full, lookShare),
      }))
    },
    learn(asked, claimed) {
      const counts = new Map<string, number>()
      for (const one of claimed) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1)
      for (const lane of asked) {
        const key = keyOf(lane)
        if ((counts.get(key) ?? 0) >= Math.min(lane.share, lookShare)) busy.add(key)
        else busy.delete(key)
      }
    },
  }
}
