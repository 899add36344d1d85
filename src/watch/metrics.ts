import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { gatherAnswers, type Answers } from './answers.ts'

/** The numbers of one node, in Prometheus' words. Labels are codes and names of ours, never of people. */
export interface Metrics {
  readonly registry: Registry
  readonly intake: Counter<'status'>
  /** Counts an answer to a message and how long it took. */
  readonly answered: Answers['answered']
  readonly turnedAway: Counter<'code'>
  readonly spoolFrames: Gauge
  readonly spoolBytes: Gauge
  readonly spoolAge: Gauge
  readonly custodian: Gauge<'state'>
  readonly probeSeconds: Gauge
  readonly probeOk: Gauge
}

/** Makes the metrics of a node. */
export function makeMetrics(node: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ node })
  collectDefaultMetrics({ register: registry, prefix: 'sluis_' })
  const registers = [registry]
  const intake = new Counter({
    name: 'sluis_intake_total',
    help: 'Messages answered, by status',
    labelNames: ['status'],
    registers,
    collect: () => answers.tell(),
  })
  const seconds = new Histogram({
    name: 'sluis_intake_seconds',
    help: 'From the first byte of a message to its answer',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
    collect: () => answers.tell(),
  })
  const answers = gatherAnswers(
    (status, count) => intake.inc({ status: String(status) }, count),
    (took) => seconds.observe(took),
  )
  const probeSeconds = new Gauge({
    name: 'sluis_probe_seconds',
    help: 'How long the last probe of this node took to its end, or until it was given up',
    registers,
  })
  const probeOk = new Gauge({
    name: 'sluis_probe_ok',
    help: '1 when the last probe of this node arrived, 0 when it did not; absent until one was sent',
    registers,
  })
  // A gauge begins at 0, which an alert would take for a probe that did not arrive.
  for (const gauge of [probeSeconds, probeOk]) gauge.remove()
  return {
    registry,
    intake,
    answered: answers.answered,
    turnedAway: new Counter({
      name: 'sluis_turned_away_total',
      help: 'Offered without custody, by code',
      labelNames: ['code'],
      registers,
    }),
    spoolFrames: new Gauge({
      name: 'sluis_spool_frames',
      help: 'Messages on this node’s disk, waiting for the database',
      registers,
    }),
    spoolBytes: new Gauge({ name: 'sluis_spool_bytes', help: 'Bytes in the spool', registers }),
    spoolAge: new Gauge({ name: 'sluis_spool_oldest_seconds', help: 'Age of the oldest spooled message', registers }),
    custodian: new Gauge({
      name: 'sluis_custodian',
      help: '1 for how intake keeps messages now',
      labelNames: ['state'],
      registers,
    }),
    probeSeconds,
    probeOk,
  }
}
