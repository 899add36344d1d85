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

/**
 * So many of a list, what refuses before what warns, and for the others one fault that says how many they are. It refuses when
 * one of them does: a list cut short never makes a record look better than it is.
 *
 * @param path what they are all about, a JSON Pointer; the whole when not given
 * @example cutFaults(faults, 10).length // 11, of however many faults
 */
export function cutFaults(faults: readonly Fault[], most: number, path = ''): readonly Fault[] {
  if (faults.length <= most) return faults
  const isWarning = ({ severity }: Fault): boolean => severity === 'warning'
  const ordered = [...faults.filter((fault) => !isWarning(fault)), ...faults.filter(isWarning)]
  const others = ordered.slice(most)
  const severity = others.every(isWarning) ? 'warning' : 'error'
  return [...ordered.slice(0, most), moreFaults(sum(others.map(countOf)), severity, path)]
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0)

/** A list may have been cut before. */
const countOf = ({ code, params }: Fault): number => (code === 'faults-more' ? Number(params['count']) : 1)

/** In place of faults that are not named one by one. */
export function moreFaults(count: number, severity: 'error' | 'warning', path = ''): Fault {
  return { code: 'faults-more', severity, path, params: { count } }
}

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
