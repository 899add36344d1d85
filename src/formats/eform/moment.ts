import type { Fault } from '../../kernel/fault.ts'
import { isFindingCode } from './findings.ts'

/** When a form is looked at: what "today", "not in the future" and "on that day" mean. */
export interface Moment {
  /** Receipt, in milliseconds since 1970. */
  readonly received: number
  /** Day of receipt in Brussels. */
  readonly today: string
  /** Day on which the fact happened, in Brussels; the day of receipt when that cannot be read. */
  readonly factDay: string
}

/** Where the faults of one form are gathered. */
export class Faults {
  readonly list: Fault[] = []

  /** What a form file calls an error leaves the last word to the checks where the form can be read whole. */
  add(severity: 'error' | 'warning', code: Fault['code'], path: string, params: Fault['params']): void {
    this.list.push({ code, severity: severity === 'error' && isFindingCode(code) ? 'check' : severity, path, params })
  }

  /** The places of all errors, also of those that a pack may say otherwise of. */
  errorPaths(): readonly string[] {
    return this.list.filter((fault) => fault.severity !== 'warning').map((fault) => fault.path)
  }

  /** Whether something at or below a place cannot be read. */
  refuses(path: string): boolean {
    return this.list.some(
      (fault) => fault.severity === 'error' && (fault.path === path || fault.path.startsWith(`${path}/`)),
    )
  }
}
