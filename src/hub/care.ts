import { Counter, Histogram } from 'prom-client'
import { openCare } from '../care/deps.ts'
import { startCare } from '../care/worker.ts'
import { systemClock } from '../kernel/clock.ts'
import type { NodeParts, Stoppable } from './parts.ts'

/** Starts keeping monitors current, and shows how long a result takes to its colour. */
export function startCareRoom({ db, vault, log, metrics }: NodeParts): Stoppable {
  const registers = [metrics.registry]
  const lag = new Histogram({
    name: 'sluis_care_lag_seconds',
    help: 'From the arrival of a laboratory result to the state of a monitor item it led to',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300],
    registers,
  })
  const evaluated = new Counter({
    name: 'sluis_care_evaluated_total',
    help: 'Monitor items evaluated, and of those the ones whose state changed',
    labelNames: ['changed'],
    registers,
  })
  return startCare({
    ...openCare(vault),
    db,
    log,
    clock: systemClock,
    onKept(kept) {
      for (const seconds of kept.lags) lag.observe(seconds)
      evaluated.inc({ changed: 'yes' }, kept.changed)
      evaluated.inc({ changed: 'no' }, kept.evaluated - kept.changed)
    },
  })
}
