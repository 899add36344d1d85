import { familyCpu, postmasterOf, timesOf } from './process-times.ts'

/** CPU used so far, in microseconds. What /proc does not tell (no Linux) is 0. */
export interface CpuUsed {
  /** The thread that asks. */
  readonly mainThread: number
  /** This process with all its threads. */
  readonly node: number
  /** PostgreSQL: its first process with all it started. */
  readonly postgres: number
  readonly destination: number
}

/** Reads what every side of a drain has used; two readings and a count tell what one delivery costs each. */
export function cpuUsed(destination: number, dataFolder: string): CpuUsed {
  const main = process.threadCpuUsage()
  const node = process.cpuUsage()
  return {
    mainThread: main.user + main.system,
    node: node.user + node.system,
    postgres: familyCpu(postmasterOf(dataFolder)),
    destination: timesOf(destination)?.own ?? 0,
  }
}

/** What each side used between two readings, a delivery; for people. */
export function perDelivery(before: CpuUsed, after: CpuUsed, count: number): string {
  const share = (side: keyof CpuUsed): string => `${Math.round((after[side] - before[side]) / count)} µs`
  return `node ${share('node')} (main thread ${share('mainThread')}), PostgreSQL ${share('postgres')}, destination ${share('destination')}`
}
