import { sha256 } from '../kernel/ids.ts'
import { failurePoint } from '../kernel/failure-points.ts'
import { settle } from '../ledger/settle.ts'
import type { Vault } from '../ledger/vault.ts'
import type { NewCertificate } from '../store/certificates.ts'
import { isDatabaseAway, isRetryable } from '../store/connect.ts'
import type { Settlement } from '../store/delivery-settle.ts'
import { dueAgain, noteHealth, type BreakerState } from '../store/destinations.ts'
import { toSettlement } from './answers.ts'
import type { DestinationConfig } from './config.ts'
import type { Counters } from './counters.ts'
import { leaseLeft } from './lease-time.ts'
import type { Answer } from './deliver-one.ts'
import { makeSignal } from './signal.ts'
import type { DeliveryDeps } from './worker.ts'

/** Writes answers down in batches, beside the sending. */
export interface Settling {
  add(answer: Answer): void
  /** Writes what is left and ends. */
  stop(): Promise<void>
}

const batchLimit = 500
/** A statement costs as much as 40 of its answers: this many are worth one at once. */
const enough = 400
const gatherMilliseconds = 15
/** While a backlog waits nobody waits for one answer, and larger batches empty it sooner. */
const backlogGatherMilliseconds = 100
const noteMilliseconds = 5_000

interface Written {
  readonly answer: Answer
  readonly settlement: Settlement
}

/** What the loop of a destination hears of its answers. */
export interface Heard {
  /** Deliveries that had to wait for others may be due now. */
  settled(): void
  /** The breaker opened: what is claimed and not sent should go back. */
  broken(): void
}

export function startSettling(
  deps: DeliveryDeps,
  destination: DestinationConfig,
  counters: Counters,
  heard: Heard,
): Settling {
  const waiting: Written[] = []
  const arrived = makeSignal()
  let working: Promise<void> | undefined
  let stopping = false
  let breaker: BreakerState | 'not-known' = 'not-known'
  let uncounted = 0
  let noted = 0

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      await gather()
      const batch = waiting.splice(0, batchLimit)
      try {
        await write(batch)
        await judgeHealth(batch).catch(logged)
      } catch (error) {
        if (isDatabaseAway(error)) {
          // The destination has answered; without the database that cannot be kept yet. Leases that end mean: ask again.
          waiting.unshift(...batch.filter((one) => leaseLeft(one.answer.job.leaseEnds) > 0))
          if (stopping) return
          await pause(250)
        } else if (isRetryable(error)) waiting.unshift(...batch)
        else await writeOneByOne(batch)
      }
    }
  }

  async function gather(): Promise<void> {
    const until = performance.now() + backlogGatherMilliseconds
    do {
      if (stopping || waiting.length >= enough || waiting.some(isUrgent)) return
      await arrived.wait(gatherMilliseconds)
      // Trouble must reach the breaker soon.
    } while (counters.ready > 0 && !waiting.some(isTrouble) && performance.now() < until)
  }

  async function write(batch: readonly Written[]): Promise<void> {
    const certificates = await sealCertificates(deps.vault, batch)
    const answers = batch.map((one) => one.settlement)
    const settled = await settle(deps.db, { answers, certificates, node: deps.node, destination: destination.name })
    failurePoint('settle-after-commit')
    count(counters, batch, settled.lost)
    // The next of a patient goes to the same destination, a follower perhaps to another.
    if (settled.freed > 0) deps.bell.ring('deliver')
    else heard.settled()
  }

  // The answers are kept by then, and must not be settled for a second time.
  function logged(error: unknown): void {
    if (!isDatabaseAway(error)) deps.log.error('health-not-noted', { destination: destination.name }, error)
  }

  async function writeOneByOne(batch: readonly Written[]): Promise<void> {
    for (const one of batch)
      try {
        await write([one])
        await judgeHealth([one]).catch(logged)
      } catch (error) {
        deps.log.error('delivery-not-settled', { destination: destination.name, delivery: one.settlement.id }, error)
      }
  }

  // The row all nodes share is written when something is wrong or has been, and else only now and then.
  async function judgeHealth(batch: readonly Written[]): Promise<void> {
    const health = healthOf(batch)
    if (health.failed === 0 && breaker === 'closed' && uncounted === 0 && performance.now() - noted < noteMilliseconds)
      return
    noted = performance.now()
    uncounted = health.succeeded > 0 ? 0 : uncounted + health.failed
    const { failures, openMs, trial } = destination.breaker
    const breaking = { failures, openMs, trial, startPerSecond: destination.ramp.startPerSecond }
    const after = await noteHealth(deps.db, destination.name, breaking, health)
    breaker = after.breaker
    if (after.breaker !== after.before) {
      deps.log.warn('breaker', { destination: destination.name, from: after.before, to: after.breaker })
      if (after.breaker === 'closed') await dueAgain(deps.db, destination.name)
    }
    if (after.breaker === 'open') heard.broken()
    else deps.bell.ring('deliver')
  }

  return {
    add(answer) {
      waiting.push({ answer, settlement: toSettlement(answer, destination, Math.random) })
      // Somebody waits for an urgent one, and its followers with it.
      if (answer.job.delivery.urgent || waiting.length === enough) arrived.wake()
      working ??= work().finally(() => (working = undefined))
    },
    async stop() {
      stopping = true
      arrived.wake()
      while (working !== undefined) await working
    },
  }
}

const isUrgent = ({ answer }: Written): boolean => answer.job.delivery.urgent

const isTrouble = ({ answer: { outcome } }: Written): boolean =>
  outcome.state === 'failed' || outcome.state === 'unknown'

function healthOf(batch: readonly Written[]) {
  const troubles = batch.filter(isTrouble)
  const rests = troubles.map(({ answer: { outcome } }) => ('retryAfterMs' in outcome ? (outcome.retryAfterMs ?? 0) : 0))
  return {
    succeeded: batch.length - troubles.length,
    failed: troubles.length,
    code: troubles.at(-1)?.settlement.code ?? null,
    restMs: Math.max(0, ...rests),
  }
}

async function sealCertificates(vault: Vault, batch: readonly Written[]): Promise<NewCertificate[]> {
  const sealed: NewCertificate[] = []
  for (const { answer } of batch) {
    const { outcome, job } = answer
    if (outcome.state !== 'acknowledged' || outcome.certificate === null || outcome.certificate.signatureHash === null)
      continue
    const { uvci, hc1, issuedAt, expiresAt, signatureHash } = outcome.certificate
    const dataKey = await vault.forPeriod(job.delivery.service, job.delivery.receivedAt)
    sealed.push({
      delivery: job.delivery.id,
      uvci,
      hc1: vault.seal(dataKey, Buffer.from(hc1), `${job.delivery.receipt} ${uvci}`),
      dataKey: dataKey.id,
      hashUci: sha256(Buffer.from(uvci)).subarray(0, 16),
      hashSignature: signatureHash,
      issuedAt,
      expiresAt,
    })
  }
  return sealed
}

/** An answer that was not written counts where its new holder writes one. */
function count(counters: Counters, batch: readonly Written[], lost: readonly number[]): void {
  counters.leasesLost += lost.length
  const notWritten = new Set(lost)
  for (const { answer, settlement } of batch) {
    if (notWritten.has(settlement.id)) continue
    const { state } = answer.outcome
    if (state !== 'absent' && state !== 'withdrawn') counters[state] += 1
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
