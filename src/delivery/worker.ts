import { inTransaction, isDatabaseAway, type Database } from '../store/connect.ts'
import { endLeasesOfSilent } from '../store/delivery-takeover.ts'
import { silentSeconds } from '../store/nodes.ts'
import type { Bell } from '../ledger/bell.ts'
import type { Vault } from '../ledger/vault.ts'
import type { Log } from '../kernel/log.ts'
import type { DestinationConfig, Route } from './config.ts'
import type { Counters } from './counters.ts'
import { startDestination, type RunningDestination } from './destination-loop.ts'
import { housekeeping } from './housekeeping.ts'
import { openLetterDesk } from './letter-desk.ts'
import { runReplays } from './replay.ts'
import { makeStatistics } from './statistics.ts'

export interface DeliveryDeps {
  readonly db: Database
  readonly vault: Vault
  readonly bell: Bell
  readonly node: string
  readonly log: Log
  readonly destinations: readonly DestinationConfig[]
  readonly routes: readonly Route[]
}

export interface Delivery {
  /** Looks for work now instead of at the next poll. */
  wake(): void
  /** What this node did, by destination. */
  counters(): ReadonlyMap<string, Readonly<Counters>>
  /** Stops claiming, finishes what is in flight, writes it down, hands unused leases back. */
  stop(): Promise<void>
}

const pollMilliseconds = 150
const replayMilliseconds = 200
const housekeepingMilliseconds = 2_000

/**
 * Starts delivering: one loop per destination, each with its own connections and leases, so that the trouble of one stays
 * its own (law 5). Any number of nodes may do so on one database.
 *
 * @example const delivery = startDelivery(deps); await delivery.stop()
 */
export function startDelivery(deps: DeliveryDeps): Delivery {
  const letters = openLetterDesk(deps.vault)
  const running = deps.destinations.map((destination) => startDestination(deps, destination, letters))
  let stopped = false
  const polling = poll(deps, running, () => stopped)
  const keeping = keepHouse(deps, () => stopped)
  return {
    wake: () => deps.bell.ring('deliver'),
    counters: () => new Map(running.map((one) => [one.name, one.counters])),
    async stop() {
      stopped = true
      deps.bell.ring('deliver')
      await Promise.all(running.map((one) => one.stop()))
      await Promise.all([polling, keeping, letters.close()])
    },
  }
}

async function poll(deps: DeliveryDeps, running: readonly RunningDestination[], stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    await deps.bell.wait('deliver', pollMilliseconds)
    for (const one of running) one.wake()
  }
}

async function keepHouse(deps: DeliveryDeps, stopped: () => boolean): Promise<void> {
  let last = -Infinity
  const statistics = makeStatistics(deps.db, deps.log)
  while (!stopped()) {
    try {
      const released = await runReplays(deps.db)
      if (released > 0) deps.bell.ring('deliver')
      statistics.owed(released)
      if (performance.now() - last >= housekeepingMilliseconds) {
        last = performance.now()
        await inTransaction(deps.db, (tx) => housekeeping(tx, `hub:${deps.node}`))
        await takeOver(deps)
      }
    } catch (error) {
      if (!isDatabaseAway(error)) deps.log.error('delivery-housekeeping-failed', {}, error)
    }
    await new Promise((resolve) => setTimeout(resolve, replayMilliseconds))
  }
}

/**
 * Takes over from nodes that fell silent. They may still be alive behind a broken line, so only where a second post of the
 * same delivery is no second effect; elsewhere their leases run out by themselves.
 */
async function takeOver({ db, log, destinations }: DeliveryDeps): Promise<void> {
  for (const { name } of destinations.filter((one) => one.dedupes)) {
    const taken = await endLeasesOfSilent(db, name, silentSeconds)
    if (taken > 0) log.warn('deliveries-taken-over', { destination: name, taken })
  }
}
