import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What Linux tells of a process, times in microseconds of CPU. */
export interface ProcessTimes {
  readonly parent: number
  readonly own: number
  /** Of the children that have ended. */
  readonly ended: number
}

/** Linux counts a process's time in hundredths of a second (`USER_HZ`). */
const tickMicroseconds = 10_000

/** Null when there is no such process (any more), and where there is no /proc. */
export function timesOf(pid: number): ProcessTimes | null {
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

/** CPU of a process, of what it has running and of what has ended, in microseconds: a PostgreSQL by its first process. */
export function familyCpu(first: number): number {
  const own = timesOf(first)
  const running = processes()
    .map(timesOf)
    .filter((one) => one !== null && one.parent === first)
  return (own?.own ?? 0) + (own?.ended ?? 0) + running.reduce((sum, one) => sum + one!.own, 0)
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

/** The first process of the PostgreSQL of a data folder; 0 when none runs. */
export function postmasterOf(dataFolder: string): number {
  try {
    return Number(readFileSync(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return 0
  }
}
