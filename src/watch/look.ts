import type { AlertKind } from '../store/alerts.ts'
import type { Database } from '../store/connect.ts'

/** One thing that is so now, found by a look. */
export interface Finding {
  readonly kind: AlertKind
  readonly scope: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** A look at one part of the hub: which kinds of alert it can find, and what it finds now. */
export interface Look {
  readonly name: string
  readonly kinds: readonly AlertKind[]
  readonly everyMs: number
  /** What it finds must end at once: it waits for no other look, and is taken when it is due however much it costs. */
  readonly promptly?: boolean
  look(db: Database): Promise<readonly Finding[]>
}
