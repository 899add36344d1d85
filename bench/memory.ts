import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** What processes weigh, in megabytes of proportional set size: what several share counts for each in part. */
export interface Weight {
  /** The process alone. */
  readonly own: number
  /** With all below it. */
  readonly all: number
}

/** The weight of a process and of what it started. */
export function weight(pid: number): Weight {
  const below = childrenOf()
  const all = [pid]
  for (const one of all) all.push(...(below.get(one) ?? []))
  return { own: megabytes(pid), all: all.reduce((sum, one) => sum + megabytes(one), 0) }
}

function childrenOf(): Map<number, number[]> {
  const below = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ')[1])
      below.set(parent, [...(below.get(parent) ?? []), Number(name)])
    } catch {
      // The process ended while we looked.
    }
  }
  return below
}

function megabytes(pid: number): number {
  try {
    const told = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+)/m.exec(told)?.[1] ?? 0) / 1_024
  } catch {
    return residentMegabytes(pid)
  }
}

function residentMegabytes(pid: number): number {
  try {
    return (
      Number(
        execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])
          .toString()
          .trim(),
      ) / 1_024
    )
  } catch {
    return 0
  }
}
