import type { Service } from '../formats/record.ts'
import type { CustodyLevel } from '../store/rows.ts'

/** One message as it came in, its sender known, nothing interpreted yet but service and format. */
export interface Arrival {
  readonly senderId: number
  readonly messageId: string
  readonly service: Service
  readonly format: string
  readonly receivedAt: Date
  readonly sha256: Buffer
  readonly body: Buffer
  readonly traceparent: string | null
}

/**
 * What became of an arrival.
 *
 * `accepted`: it is ours; `repeated` when the same message had been accepted before (the receipt is that one).
 * `conflict`: other bytes than those accepted under the same sender and id; both are kept. `receivedAt` is when these bytes
 * came first, `repeated` when they had come before.
 */
export type Custody =
  | {
      readonly state: 'accepted'
      readonly receipt: string
      readonly receivedAt: Date
      readonly level: CustodyLevel
      readonly repeated: boolean
    }
  | {
      readonly state: 'conflict'
      readonly receipt: string
      readonly firstReceipt: string
      readonly receivedAt: Date
      readonly repeated: boolean
    }
