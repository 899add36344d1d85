import { SluisError } from '../kernel/errors.ts'
import type { Service } from '../formats/record.ts'

/** A running stop of intake, for a whole service or one form kind of it. */
export interface IntakeStop {
  readonly service: string | null
  readonly formKind: string | null
  readonly reason: string
}

/** Which doors are closed, as this node last read it; one service's stop leaves the others open (law 5). */
export interface Switches {
  /**
   * Throws `service-stopped` when a running stop covers the service, or when for any record stops cover all the form kinds
   * it may be of.
   */
  assertOpen(service: Service, formKinds: readonly (readonly string[])[]): void
  /** Replaces what is known; the last known state stays when the database is away. */
  set(stops: readonly IntakeStop[]): void
}

export function makeSwitches(): Switches {
  let running: readonly IntakeStop[] = []
  return {
    assertOpen(service, formKinds) {
      if (running.length === 0) return
      const own = running.filter((one) => one.service === null || one.service === service)
      const stopOf = (kind: string | null) => own.find(({ formKind }) => formKind === kind)
      const covered = formKinds.find((kinds) => kinds.every((kind) => stopOf(kind) !== undefined))
      const stop = stopOf(null) ?? (covered === undefined ? undefined : stopOf(covered[0]!))
      if (stop !== undefined) {
        throw new SluisError('service-stopped', { service: stop.formKind ?? service, reason: stop.reason })
      }
    },
    set(stops) {
      running = stops
    },
  }
}
