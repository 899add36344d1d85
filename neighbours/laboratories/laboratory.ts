import { randomUUID } from 'node:crypto'
import { newSetHash, setHashText, toggle } from '../shared/account.ts'
import { writeBundle } from './bundle.ts'
import { dialects, type LaboratoryName } from './dialect.ts'
import { well, type LaboratoryFaults } from './faults.ts'
import type { LaboratoryLine } from './line.ts'
import type { Order } from './order.ts'
import { writeOru } from './oru.ts'

/** One laboratory's side of the books: offered = acknowledged + unreadable + refused + waiting. */
export interface LaboratoryAccount {
  readonly offered: number
  /** AA, or 2xx, with a receipt. */
  readonly acknowledged: number
  /** AE, or 422 with a receipt: kept by the hub, and not read. */
  readonly unreadable: number
  /** AR or another 4xx, or no receipt. */
  readonly refused: number
  readonly waiting: number
  /** Results in the messages that were acknowledged. */
  readonly results: number
  readonly reconnects: number
  /** Over the receipts, as docs/neighbours.md defines it. */
  readonly setHash: string
}

/** A laboratory that writes orders in its dialect and sends them over a line of its own. */
export interface Laboratory {
  readonly name: LaboratoryName
  offer(order: Order): void
  faults(): LaboratoryFaults
  setFaults(faults: LaboratoryFaults): void
  aim(address: string): void
  account(): LaboratoryAccount
  close(): void
}

export function openLaboratory(name: LaboratoryName, line: LaboratoryLine): Laboratory {
  const write = dialects[name].wire === 'mllp' ? writeOru : writeBundle
  const late = new Set<NodeJS.Timeout>()
  const n = { offered: 0, acknowledged: 0, unreadable: 0, refused: 0, results: 0 }
  const receipts = newSetHash()
  // Control ids are new with every start: a simulator started again must not reuse one for other bytes.
  const run = randomUUID().slice(0, 8)
  let faults = well

  const send = (order: Order): void => {
    const bytes = write(order, `${name}-${run}-${n.offered}`, new Date(), faults)
    n.offered += 1
    line.send(bytes, (custody) => {
      n[custody.state] += 1
      if (custody.state !== 'acknowledged') return
      n.results += order.results.length
      toggle(receipts, custody.receipt)
    })
  }
  return {
    name,
    offer(order) {
      if (faults.lateSeconds === 0) {
        send(order)
        return
      }
      const timer = setTimeout(() => {
        late.delete(timer)
        send(order)
      }, faults.lateSeconds * 1_000)
      late.add(timer)
    },
    faults: () => faults,
    setFaults(next) {
      faults = next
      line.hold(next.silent)
    },
    aim: (next) => line.aim(next),
    account: () => ({
      ...n,
      waiting: line.waiting() + late.size,
      // What is late was not written yet.
      offered: n.offered + late.size,
      reconnects: line.reconnects(),
      setHash: setHashText(receipts),
    }),
    close() {
      for (const timer of late) clearTimeout(timer)
      line.close()
    },
  }
}
