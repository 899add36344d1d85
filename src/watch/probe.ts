import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../kernel/log.ts'
import { trace, type Trace } from '../ledger/trace.ts'
import type { Vault } from '../ledger/vault.ts'
import { isDatabaseAway, type Database } from '../store/connect.ts'
import { insertProbe } from '../store/probes.ts'

/** What the node's own door said to a probe. */
export type Handed =
  | { readonly state: 'taken'; readonly receipt: string }
  | { readonly state: 'not-taken'; readonly code: string }

/** Where a probe is: at its end, on its way, or at a place it does not leave any more. */
export type Whereabouts =
  | { readonly state: 'arrived' }
  | { readonly state: 'under-way' | 'ended'; readonly stop: string; readonly code: string | null }

export interface ProbeDeps {
  readonly db: Database
  readonly vault: Vault
  readonly log: Log
  readonly node: string
  readonly everyMs: number
  /** A probe that has not arrived by then has failed. */
  readonly patienceMs: number
  /** Hands a fresh probe to this node as a sender does, over HTTP. */
  readonly hand: () => Promise<Handed>
  /** For the metrics. */
  readonly note: (ok: boolean, seconds: number) => void
}

/** A start is busy enough by itself. */
const firstAfterMs = 5_000

/**
 * Sends a synthetic message through this node's own door, again and again until stopped, and follows each to its end: a
 * certificate, not an HTTP 200. How it went is a row and two figures of the metrics.
 */
export function startProbe(deps: ProbeDeps): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  // One that waits at its destination must not hide from the next that the door is closed; patience bounds how many.
  const underWay = new Set<Promise<void>>()
  const send = (): void => {
    const one = probeOnce(deps, signal)
      .catch((error: unknown) => {
        if (!isDatabaseAway(error)) deps.log.error('probe-not-told', {}, error)
      })
      .finally(() => underWay.delete(one))
    underWay.add(one)
  }
  const running = (async () => {
    for (let rest = Math.min(deps.everyMs, firstAfterMs); !signal.aborted; rest = deps.everyMs) {
      // Aborted is stopped: nothing is left to do then.
      await wait(rest, undefined, { signal }).catch(() => undefined)
      if (!signal.aborted) send()
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await running
      await Promise.all(underWay)
    },
  }
}

/** One probe, from the door to its end or to the end of the patience. One that is interrupted says nothing. */
export async function probeOnce(deps: ProbeDeps, signal: AbortSignal): Promise<void> {
  const startedAt = new Date()
  const began = performance.now()
  const handed = await deps.hand()
  const receipt = handed.state === 'taken' ? handed.receipt : null
  const end: Whereabouts =
    handed.state === 'taken'
      ? await follow(deps, handed.receipt, began, signal)
      : { state: 'ended', stop: 'intake', code: handed.code }
  if (signal.aborted) return
  const ok = end.state === 'arrived'
  deps.note(ok, (performance.now() - began) / 1_000)
  if (!ok) deps.log.warn('probe-failed', { stop: end.stop, code: end.code ?? '', receipt: receipt ?? '' })
  const { stop, code } = ok ? { stop: null, code: null } : end
  await insertProbe(deps.db, { node: deps.node, startedAt, endedAt: new Date(), stop, code, receipt })
}

async function follow(deps: ProbeDeps, receipt: string, began: number, signal: AbortSignal): Promise<Whereabouts> {
  for (;;) {
    const seen = await look(deps, receipt)
    const waited = performance.now() - began
    if (seen.state !== 'under-way' || waited > deps.patienceMs || signal.aborted) return seen
    await wait(waited < 5_000 ? 200 : 1_000)
  }
}

async function look(deps: ProbeDeps, receipt: string): Promise<Whereabouts> {
  try {
    const found = await trace(deps, receipt)
    if (found?.state === 'message') return whereIs(found)
    // Spooled: the receipt is good, and nobody can tell more yet.
    return { state: 'under-way', stop: 'intake', code: null }
  } catch (error) {
    if (isDatabaseAway(error)) return { state: 'under-way', stop: 'intake', code: 'database-away' }
    throw error
  }
}

/** Where a probe is, from its trace. A certificate that was owed must be there, whatever its delivery says. */
export function whereIs({ reading, records }: Pick<Trace, 'reading' | 'records'>): Whereabouts {
  const record = records[0]
  if (reading === 'waiting') return { state: 'under-way', stop: 'reading', code: null }
  if (record === undefined) return { state: 'ended', stop: 'reading', code: null }
  const { state, waitingFor, deliveries } = record
  if (state === 'refused' || state === 'withheld') {
    return { state: 'ended', stop: 'checking', code: record.faultCodes[0] ?? state }
  }
  if (waitingFor !== null && waitingFor.what !== 'destination') {
    return { state: 'under-way', stop: waitingFor.what, code: null }
  }
  const undone = deliveries.find((delivery) => delivery.state !== 'acknowledged')
  if (undone !== undefined) {
    const ended = undone.state === 'refused' || undone.state === 'withdrawn'
    return { state: ended ? 'ended' : 'under-way', stop: undone.destination, code: undone.lastCode }
  }
  const certifier = deliveries.find((delivery) => delivery.purpose === 'certificate')
  if (certifier !== undefined && record.certificates.length === 0) {
    return { state: 'ended', stop: certifier.destination, code: 'no-certificate' }
  }
  return { state: 'arrived' }
}
