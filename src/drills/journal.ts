import { setTimeout as wait } from 'node:timers/promises'
import { brusselsDay } from '../kernel/clock.ts'
import { runningAlerts, type AlertRow } from '../store/alerts.ts'
import { openWork } from '../store/drill-facts.ts'
import type { PharmacyAccount } from '../../neighbours/pharmacies/books.ts'
import { untilSo } from './actions.ts'
import { control } from './ask.ts'
import type { DayClock } from './day-clock.ts'
import type { Town } from './town.ts'

/** What is measured while the day runs; the rest is counted at its end. */
export interface Journal {
  readonly startedOn: string
  /** Seconds on the wall from a node running without its work until the hub's own roll-call said so; null = it never did. */
  secondsToDetect: number | null
  secondsToDetectKilled: number | null
  /** From the stop of intake until a form offered was told so; null = it was taken all the time. */
  secondsToStop: number | null
  /** From the stop of intake until a node's own probe raised the alert. */
  secondsToDetectByProbe: number | null
  /** Deliveries of what came while one destination was disturbed that another acknowledged meanwhile. */
  othersDuringFault: number
  /** Receipts given over the spool from the stop of the database until it was started again; a node that starts spools too. */
  spooledWhileAway: number
  backlogPeak: number
  /** The replay at night makes every delivery owed again, for asking: that is no backlog. */
  dayIsOver: boolean
  /** When forwarding was resumed. */
  resumedAt: Date | null
  /** Seconds on the wall until what was owed then was delivered; null = it never was. */
  drainSeconds: number | null
  hurried: number
  replays: readonly ReplayOutcome[]
}

export interface ReplayOutcome {
  readonly destination: string
  readonly chosen: number
  readonly sentAgain: number
  readonly acknowledged: number
  /** Whether all that was chosen was released and came to an end. */
  readonly done: boolean
}

export const newJournal = (): Journal => ({
  startedOn: brusselsDay(new Date()),
  secondsToDetect: null,
  secondsToDetectKilled: null,
  secondsToStop: null,
  secondsToDetectByProbe: null,
  othersDuringFault: 0,
  spooledWhileAway: 0,
  backlogPeak: 0,
  dayIsOver: false,
  resumedAt: null,
  drainSeconds: null,
  hurried: 0,
  replays: [],
})

export const pharmacyAccount = async (town: Town): Promise<PharmacyAccount> =>
  (await control(town.neighbour('pharmacies').controlUrl, 'GET /control/account')) as PharmacyAccount

/** Waits for an alert that `fits`; seconds it took, or null when it did not come in time. */
export async function secondsUntilAlert(
  town: Town,
  fits: (alert: AlertRow) => boolean,
  patienceSeconds: number,
): Promise<number | null> {
  const began = performance.now()
  const came = await untilSo(town, async () => (await runningAlerts(town.db)).some(fits), patienceSeconds)
  return came ? (performance.now() - began) / 1_000 : null
}

/** One glance at the hub, for the line on the screen and for the peak. Null while the database is away. */
export interface Glance {
  readonly offered: number
  readonly accepted: number
  readonly waiting: number
  readonly backlog: number
}

export async function glance(town: Town): Promise<Glance | null> {
  const [books, open] = await Promise.all([
    pharmacyAccount(town).catch(() => null),
    openWork(town.db).catch(() => null),
  ])
  if (books === null || open === null) return null
  return {
    offered: books.offered,
    accepted: books.receipts,
    waiting: books.waiting,
    backlog: open.deliveries,
  }
}

/** Looks twice a second until stopped: shows the line and keeps the peak. */
export function startGlancing(
  town: Town,
  clock: DayClock,
  journal: Journal,
  show: (line: string) => void,
): { stop(): Promise<void> } {
  let stopped = false
  const running = (async () => {
    while (!stopped) {
      const seen = await glance(town)
      if (seen !== null) {
        if (!journal.dayIsOver) journal.backlogPeak = Math.max(journal.backlogPeak, seen.backlog)
        show(
          `${clock.text()}  offered ${seen.offered}  accepted ${seen.accepted}  at the pharmacies ${seen.waiting}  owed ${seen.backlog}`,
        )
      }
      await wait(500)
    }
  })()
  return {
    async stop() {
      stopped = true
      await running
    },
  }
}
