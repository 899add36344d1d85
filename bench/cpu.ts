import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

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

/** Linux counts a process's time in hundredths of a second (`USER_HZ`). */
const tickMicroseconds = 10_000

/** Reads what every side of a drain has used; two readings and a count tell what one delivery costs each. */
export function cpuUsed(destination: number, dataFolder: string): CpuUsed {
  const main = process.threadCpuUsage()
  const node = process.cpuUsage()
  const postmaster = postmasterOf(dataFolder)
  const started = processes()
    .map(timesOf)
    .filter((one) => one?.parent === postmaster)
  const first = timesOf(postmaster)
  return {
    mainThread: main.user + main.system,
    node: node.user + node.system,
    postgres: (first?.own ?? 0) + (first?.ended ?? 0) + started.reduce((sum, one) => sum + one!.own, 0),
    destination: timesOf(destination)?.own ?? 0,
  }
}

/** What each side used between two readings, a delivery; for people. */
export function perDelivery(before: CpuUsed, after: CpuUsed, count: number): string {
  const share = (side: keyof CpuUsed): string => `${Math.round((after[side] - before[side]) / count)} µs`
  return `node ${share('node')} (main thread ${share('mainThread')}), PostgreSQL ${share('postgres')}, destination ${share('destination')}`
}

interface Times {
  readonly parent: number
  readonly own: number
  /** Of the children that have ended. */
  readonly ended: number
}

function timesOf(pid: number): Times | null {
  try {
    // proc(5): the name in brackets may hold spaces; state is field 3.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    const ticks = (field: number): number => Number(fields[field - 3])
    return {
      parent: ticks(4),
      own: (ticks(14) + ticks(15)) * tickMicroseconds,
      ended: (ticks(16) + ticks(17)) * tickMicroseconds,
    }
  } catch {
    return null
  }
}

function postmasterOf(dataFolder: string): number {
  try {
    return Number(readFileSync(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return 0
  }
}

function processes(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}
