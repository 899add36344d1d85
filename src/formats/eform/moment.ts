import type { Fault } from '../../kernel/fault.ts'

/** When a form is looked at: what "today", "not in the future" and "on that day" mean. */
export interface Moment {
  /** Receipt, in milliseconds since 1970. */
  readonly received: number
  /** Day of receipt in Brussels. */
  readonly today: string
  /** Day on which the fact happened, as the sender wrote it; the day of receipt when that cannot be read. */
  readonly factDay: string
}

/** Where the faults of one form are gathered. */
export class Faults {
  readonly list: Fault[] = []

  add(severity: Fault['severity'], code: Fault['code'], path: string, params: Fault['params']): void {
    this.list.push({ code, severity, path, params })
  }

  /** The places of all errors. */
  errorPaths(): readonly string[] {
    return this.list.filter((fault) => fault.severity === 'error').map((fault) => fault.path)
  }

  /** Whether something at or below a place refuses the record. */
  refuses(path: string): boolean {
    return this.list.some(
      (fault) => fault.severity === 'error' && (fault.path === path || fault.path.startsWith(`${path}/`)),
    )
  }
}
