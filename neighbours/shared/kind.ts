import type { Callback } from './callbacks.ts'
import type { Effects } from './effects.ts'
import type { Faults } from './faults.ts'

/** What one destination does with a delivery; all that differs between the simulators. */
export interface DestinationKind {
  readonly name: string
  /** Paths that take deliveries. */
  readonly posts: readonly string[]
  /** Whether the same delivery id posted twice is done once. */
  readonly deduplicates: boolean
  /** How long after the post the outcome is known, in ms; 0 = in the answer. */
  readonly resultAfter: number
  /** Code -> text of what it may refuse; the log remembers the position, so new ones come at the end. */
  readonly refusals: Readonly<Record<string, string>>
  act(post: Post): Act
  /** What stands in an acknowledgement besides the common part: its own reference, a certificate. */
  proof(deliveryId: string): Proof
  /** Other pages than deliveries and account; undefined = there is none. */
  page?(path: string): unknown
  forget?(): void
  close?(): void
}

export interface Post {
  readonly path: string
  readonly deliveryId: string
  readonly body: Buffer
  /** Its own clock, which may be off. */
  readonly now: Date
}

export type Act =
  | { readonly state: 'done'; readonly newEffect: boolean }
  | { readonly state: 'refused'; readonly code: string }

export interface Proof {
  readonly reference: string
  readonly [field: string]: unknown
}

/** What the handler works with; faults are asked for at each request because a drill changes them. */
export interface DestinationSetting {
  readonly kind: DestinationKind
  readonly secret: string
  readonly effects: Effects
  readonly faults: () => Faults
  readonly random: () => number
  readonly callBack: (callback: Callback) => void
}
