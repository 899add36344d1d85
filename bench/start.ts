import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { makeFolder, removeFolder, startHubProcess } from './hub-process.ts'
import { median, type BenchRow } from './row.ts'

const rounds = 5

/**
 * How fast a node is there: from the start of the process to ready (warm: the database exists), and after a SIGKILL of the
 * node alone to the door being open (spooled) and to ready (stored); and what node and PostgreSQL weigh. The second figure
 * of each row is the bar, so a ratio below 1 is within it.
 */
export async function benchStart(): Promise<BenchRow[]> {
  const folder = await makeFolder()
  try {
    const first = await startHubProcess(folder, ['--no-neighbours'])
    await first.stop()
    const warm: number[] = []
    const open: number[] = []
    const stored: number[] = []
    let memory = 0
    for (let round = 0; round < rounds; round++) {
      const hub = await startHubProcess(folder, ['--no-neighbours'])
      warm.push(hub.readyMs / 1_000)
      memory = Math.max(memory, proportionalMegabytes(hub.child.pid!))
      await hub.stop('SIGKILL')
      const again = await startHubProcess(folder, ['--no-neighbours'])
      open.push(again.openMs / 1_000)
      stored.push(again.readyMs / 1_000)
      await again.stop()
    }
    const conditions = `median of ${rounds}; theirs = the bar; below 1 is within it`
    return [
      row('start-warm-ready', median(warm), 10, 's', conditions),
      row('after-sigkill-accepting', median(open), 2, 's', conditions),
      row('after-sigkill-storing', median(stored), 6, 's', conditions),
      row('memory-hub-and-postgresql', memory, 300, 'MB PSS', `largest of ${rounds}; theirs = the bar`),
    ]
  } finally {
    await removeFolder(folder)
  }
}

const row = (name: string, ours: number, theirs: number, unit: string, conditions: string): BenchRow => ({
  name,
  ours,
  theirs,
  ratio: ours / theirs,
  unit,
  conditions,
})

/** Proportional set size of a process and all below it. */
function proportionalMegabytes(pid: number): number {
  const below = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ')[1])
      below.set(parent, [...(below.get(parent) ?? []), Number(name)])
    } catch {
      // The process ended while we looked.
    }
  }
  const all = [pid]
  for (const one of all) all.push(...(below.get(one) ?? []))
  const kilobytes = all.map((one) => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      return Number(
        execFileSync('ps', ['-o', 'rss=', '-p', String(one)])
          .toString()
          .trim() || 0,
      )
    }
  })
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1_024
}
