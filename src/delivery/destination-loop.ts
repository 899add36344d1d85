import { randomUUID } from 'node:crypto'
import { failurePoint } from '../kernel/failure-points.ts'
import { isDatabaseAway } from '../store/connect.ts'
import { claimDeliveries, claimHeld, returnLeases, visibilityMark, type Claim } from '../store/delivery-claim.ts'
import type { ClaimedDelivery } from '../store/delivery-claimed.ts'
import { endOwnLeases } from '../store/delivery-takeover.ts'
import { keepAhead, type Job } from './ahead.ts'
import { makeRarely } from './rarely.ts'
import { newCounters, type Counters } from './counters.ts'
import type { DestinationConfig } from './config.ts'
import { deliverOne } from './deliver-one.ts'
import { openGate, type Opening } from './gate.ts'
import { makeHeed } from './heed-pauses.ts'
import { makeLanes } from './lanes.ts'
import { leaseEndIn, leaseLeft, type LeaseEnd } from './lease-time.ts'
import type { LetterDesk } from './letter-desk.ts'
import { makeSignal } from './signal.ts'
import { startSettling } from './settling.ts'
import { openTransport } from './transports/open-transport.ts'
import type { DeliveryDeps } from './worker.ts'

export interface RunningDestination {
  readonly name: string
  readonly counters: Counters
  wake(): void
  stop(): Promise<void>
}

const idleMilliseconds = 1_000
/**
 * Delivers to one destination until stopped: claims the next batch while the last one is being sent, sends with as many
 * connections as allowed, and settles answers in batches beside it.
 */
export function startDestination(
  deps: DeliveryDeps,
  destination: DestinationConfig,
  letters: LetterDesk,
): RunningDestination {
  const counters = newCounters()
  const transport = openTransport(destination)
  const signal = makeSignal()
  const lanes = makeLanes(deps, destination.name)
  const ahead = keepAhead(destination, letters, pump)
  const doing = { db: deps.db, vault: deps.vault, destination }
  let stopping = false
  let unusedPermits = 0
  let tookOver = false
  let oddTurn = false
  let brokenAt = Number.NEGATIVE_INFINITY
  const heed = makeHeed(deps.db, destination.name, ahead)
  const rarely = makeRarely(() => visibilityMark(deps.db))

  const settling = startSettling(deps, destination, counters, {
    settled: () => signal.wakeAll(),
    broken: () => {
      brokenAt = performance.now()
      void giveBack(ahead.takeAll())
    },
  })

  function pump(): void {
    while (counters.inFlight < destination.concurrency) {
      const job = ahead.next()
      if (job === undefined) break
      void run(job)
    }
    counters.ready = ahead.size()
    if (!ahead.isEnough()) signal.wake()
  }

  async function run(job: Job): Promise<void> {
    // A claim that asked the gate before the breaker opened comes back after that; its jobs would pass the trial and the pace.
    const isFromBefore = job.leaseEnds.steady - destination.leaseMs <= brokenAt
    // Not even begun when it could not be finished.
    if (isFromBefore || leaseLeft(job.leaseEnds) < destination.timeoutMs * 2) {
      await giveBack([job])
      return
    }
    counters.inFlight += 1
    try {
      const answer = await deliverOne(doing, transport, counters, job)
      if (answer === null) await giveBack([job])
      else settling.add(answer)
    } catch (error) {
      if (!isDatabaseAway(error)) deps.log.error('delivery-stuck', { delivery: job.delivery.id }, error)
      // Its lease runs out by itself, and the destination is asked before it is sent again.
    } finally {
      counters.inFlight -= 1
      pump()
    }
  }

  const logged =
    (what: string) =>
    (error: unknown): void => {
      if (!isDatabaseAway(error)) deps.log.error(what, { destination: destination.name }, error)
    }

  async function giveBack(jobs: readonly Job[]): Promise<void> {
    if (jobs.length === 0) return
    counters.returned += jobs.length
    counters.ready = ahead.size()
    const unused = jobs.map(({ delivery: { id, expired }, lease }) => ({ id, expired, lease }))
    await returnLeases(deps.db, unused).catch(() => undefined)
  }

  async function claim(opening: Opening, leaseEnds: LeaseEnd): Promise<number> {
    const lease = randomUUID()
    const shares = lanes.shares(opening)
    if (shares.length === 0) return 0
    const wish: Claim = {
      destination: destination.name,
      lanes: shares,
      total: opening.permits,
      lease,
      leaseMs: destination.leaseMs,
      node: deps.node,
    }
    const take = (claimed: readonly ClaimedDelivery[]): void => {
      if (claimed.length > 0) failurePoint('claim-after-commit')
      counters.claimed += claimed.length
      ahead.add(claimed, lease, leaseEnds)
    }
    // Behind a backlog that fills every claim what is let go would wait for all of it, also when somebody waits for it.
    oddTurn = !oddTurn
    const freed = await claimFreed({ ...wish, total: Math.floor((opening.permits + Number(oddTurn)) / 2) })
    // Taken before anything else can fail: a lease nobody knows of stands for nothing until it runs out.
    take(freed)
    const claimed = await claimDeliveries(deps.db, { ...wish, total: opening.permits - freed.length })
    take(claimed)
    lanes.learn(shares, [...claimed, ...freed])
    return claimed.length + freed.length
  }

  /** What was withheld and is not any more, as after a revert, becomes due by itself: up to half of a claim. */
  async function claimFreed(wish: Claim): Promise<ClaimedDelivery[]> {
    if (wish.total <= 0) return []
    const found = await rarely(() => claimHeld(deps.db, wish)).catch(logged('withheld-not-looked-at'))
    return found ?? []
  }

  async function claimOnce(): Promise<boolean> {
    // One that does not remember ids must have had the time to finish what the earlier process had on the way to it.
    if (!tookOver)
      await endOwnLeases(deps.db, destination.name, deps.node, destination.dedupes ? 0 : destination.timeoutMs)
    tookOver = true
    const leaseEnds = leaseEndIn(destination.leaseMs)
    const opening = await openGate(deps.db, destination, destination.batch, unusedPermits)
    unusedPermits = 0
    if (opening.permits === 0) return false
    const claimed = await claim(opening, leaseEnds)
    unusedPermits = opening.permits - claimed
    if (claimed === 0) await opening.unused()
    return claimed > 0
  }

  const loop = (async () => {
    while (!stopping) {
      await heed().then(giveBack, logged('pauses-not-read'))
      if (ahead.isEnough()) {
        await signal.wait(idleMilliseconds)
        continue
      }
      const found = await claimOnce().catch(logged('delivery-claim-failed'))
      if (found !== true && !stopping) await signal.sleep(idleMilliseconds)
    }
  })()

  async function stop(): Promise<void> {
    stopping = true
    signal.wakeAll()
    await loop
    await ahead.written()
    await giveBack(ahead.takeAll())
    while (counters.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    await settling.stop()
    await transport.close()
  }

  return { name: destination.name, counters, wake: () => signal.wakeAll(), stop }
}
