import type { CanonicalRecord } from '../../formats/record.ts'
import type { Purpose } from '../../store/deliveries.ts'

/** What a delivery goes by. */
interface DeliveryNames {
  readonly uid: string
  readonly purpose: Purpose
  readonly recordName: string
  readonly receivedAt: Date
  readonly traceparent: string | null
}

/** One delivery, opened: everything its letter is written from. The same item always gives the same bytes. */
export interface DeliveryItem extends DeliveryNames {
  readonly record: CanonicalRecord
  /** Name of the record this one corrects or withdraws, when the hub has it. */
  readonly replaces: string | null
  /** What the destination has of that record or of those before it; null also when the retention of it is over. */
  readonly earlier: { readonly recordId: string; readonly record: CanonicalRecord } | null
  /** The certificate to revoke. */
  readonly uvci: string | null
}

/** What a letter travels under: all it takes to post it and to judge the answer. */
export interface Envelope extends DeliveryNames {
  /** The record, opened when it is asked for: few answers are judged by it. */
  open(): CanonicalRecord
}

/** A delivery written out, ready to be posted. */
export interface Letter {
  readonly path: string
  readonly contentType: string
  readonly body: Buffer
  readonly sha256: Buffer
}

/** A certificate as its issuer handed it over; `signatureHash` once it was looked into. */
export interface ArrivedCertificate {
  readonly uvci: string
  readonly hc1: string
  readonly issuedAt: Date
  readonly expiresAt: Date
  readonly signatureHash: Buffer | null
}

/**
 * What became of a delivery.
 *
 * `failed`: nothing was done there, again later. `unknown`: it may have been done; ask before sending again.
 * `absent`: the destination says it never had it. `refused`: it will not take it, ever.
 */
export type Outcome =
  | {
      readonly state: 'acknowledged'
      readonly reference: string | null
      readonly certificate: ArrivedCertificate | null
    }
  | { readonly state: 'pending' }
  | { readonly state: 'refused'; readonly code: string; readonly text: string }
  | { readonly state: 'failed'; readonly code: string; readonly retryAfterMs: number | null }
  | { readonly state: 'unknown'; readonly code: string; readonly retryAfterMs: number | null }
  | { readonly state: 'absent' }

/** What sets one kind of transport apart. Pure, so that letters can be written in a thread of their own. */
export interface TransportKind {
  /** Writes a delivery out. Throws `record-without-fact` when there is nothing to tell. */
  write(item: DeliveryItem): Letter
  /** What it makes of the answer to a post or to a question, beyond what all have in common. */
  weigh(outcome: Outcome, of: Envelope, answerTo: 'post' | 'question'): Outcome
}

/** A line to one destination. Neither call throws: whatever the other side does is an outcome. */
export interface Transport {
  write(item: DeliveryItem): Letter
  send(envelope: Envelope, letter: Letter): Promise<Outcome>
  /** What the destination knows of a delivery; `expected` are the hashes an acknowledgement may carry. */
  ask(envelope: Envelope, expected: readonly Buffer[]): Promise<Outcome>
  close(): Promise<void>
}
