import { errorRow, errorTexts, type ErrorCode } from './errors.ts'
import type { Params, Texts } from './language.ts'

/**
 * One thing wrong with a message or a record. A form lists all its faults at once.
 *
 * `error` refuses the record; `warning` is written beside it and stops nothing. `check` refuses it unless the version of the
 * pack that counts for its sender says otherwise: the record is read whole, and the checks decide.
 * `path` is a JSON Pointer (RFC 6901) into what the sender sent; empty for the whole.
 */
export interface Fault {
  readonly code: ErrorCode
  readonly severity: 'error' | 'check' | 'warning'
  readonly path: string
  readonly params: Params
}

/** Whether one of them refuses the record, whatever a pack says. */
export const hasError = (faults: readonly Pick<Fault, 'severity'>[]): boolean =>
  faults.some(({ severity }) => severity === 'error')

/** Whether one of them is a finding, of which the checks have the last word. */
export const hasFinding = (faults: readonly Pick<Fault, 'severity'>[]): boolean =>
  faults.some(({ severity }) => severity === 'check')

/** A fault as the sender reads it. */
export interface ToldFault {
  readonly code: ErrorCode
  readonly severity: 'error' | 'warning'
  readonly type: 'FUNCTIONAL' | 'TECHNICAL'
  readonly path: string
  readonly texts: Texts
}

/** Adds type and texts from the table of errors. Where no pack was asked, what is to be checked refuses. */
export function tellFault(fault: Fault): ToldFault {
  return {
    code: fault.code,
    severity: fault.severity === 'warning' ? 'warning' : 'error',
    type: errorRow(fault.code).temporary ? 'TECHNICAL' : 'FUNCTIONAL',
    path: fault.path,
    texts: errorTexts(fault.code, fault.params),
  }
}
