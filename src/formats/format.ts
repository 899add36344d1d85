import type { Fault } from '../kernel/fault.ts'
import type { CanonicalRecord, Service } from './record.ts'

/**
 * What a message turned out to hold.
 *
 * `messageId` is the sender's own id; empty when none could be found (the hub then uses the hash of the bytes).
 * `read`: every record of the message, each with its own faults; a record with an `error` fault is refused, one with
 * a `check` fault unless the pack that counts says otherwise.
 * `unreadable`: no record could be made out; `faults` says why.
 * `service` is said by a format of several services, `counts` by one that counts in units of its own.
 */
export type Reading =
  | {
      readonly state: 'read'
      readonly format: string
      readonly messageId: string
      readonly service?: Service
      readonly counts?: Readonly<Record<string, number>>
      readonly records: readonly CanonicalRecord[]
    }
  | {
      readonly state: 'unreadable'
      readonly format: string
      readonly messageId: string
      readonly service?: Service
      readonly counts?: Readonly<Record<string, number>>
      readonly faults: readonly Fault[]
    }

/** What reading may depend on besides the bytes; reading is pure, so the moment of receipt is given. */
export interface ReadContext {
  readonly receivedAt: Date
}

/** One format: bytes in, records out. Never throws on any bytes and costs memory in proportion to them. */
export interface Format {
  readonly name: string
  /** The service of a message that gave no record; the records of any other name their own. */
  readonly service: Service
  readonly contentTypes: readonly string[]
  read(bytes: Uint8Array, context: ReadContext): Reading
}
