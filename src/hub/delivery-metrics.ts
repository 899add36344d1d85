import { Counter, Gauge, type Registry } from 'prom-client'
import { backlog } from '../delivery/backlog.ts'
import type { Delivery } from '../delivery/worker.ts'
import type { Database } from '../store/connect.ts'

const did = ['sent', 'asked', 'acknowledged', 'pending', 'refused', 'failed', 'unknown'] as const

/** What is asked of the database is the same on every node that delivers. */
const ofHub = 'of the whole hub, told by every node that delivers: take the maximum over nodes, do not add them up'

/** Shows delivery in the metrics: what this node did, and what the hub owes; both are read when somebody asks. */
export function showDelivery(registry: Registry, db: Database, delivery: Pick<Delivery, 'counters'>): void {
  const registers = [registry]
  const counted = new Counter({
    name: 'sluis_deliveries_total',
    help: 'Deliveries of this node since it started, by destination and outcome',
    labelNames: ['destination', 'outcome'],
    registers,
    collect() {
      // Counted elsewhere since the node started: it only ever grows.
      counted.reset()
      for (const [destination, counters] of delivery.counters()) {
        for (const outcome of did) counted.inc({ destination, outcome }, counters[outcome])
      }
    },
  })
  const oldest = new Gauge({
    name: 'sluis_backlog_oldest_seconds',
    help: `Age of the oldest delivery owed and not acknowledged; ${ofHub}`,
    labelNames: ['destination', 'form_kind'],
    registers,
  })
  const waiting = new Gauge({
    name: 'sluis_backlog',
    help: `Deliveries owed and not acknowledged; ${ofHub}`,
    labelNames: ['destination', 'form_kind'],
    registers,
    async collect() {
      // While the database is away the figures are absent: not known is not zero.
      waiting.reset()
      oldest.reset()
      const view = await backlog(db, new Date()).catch(() => null)
      for (const { destination, formKind, count, oldestSeconds } of view?.lines ?? []) {
        waiting.set({ destination, form_kind: formKind }, count)
        oldest.set({ destination, form_kind: formKind }, oldestSeconds)
      }
    },
  })
}
