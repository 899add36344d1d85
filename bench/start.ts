import { makeFolder, removeFolder, startHubProcess } from './hub-process.ts'
import { weight } from './memory.ts'
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
      memory = Math.max(memory, weight(hub.child.pid!).all)
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
