import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { beginReport, runReport } from '../src/checking/dry-run.ts'
import { installPack } from '../src/checking/install.ts'
import { makeRuleSets } from '../src/checking/rule-sets.ts'
import { dataFolder } from '../src/kernel/package-root.ts'
import { loadPack, packOf } from '../src/rules/load.ts'
import { readPack, type Pack } from '../src/rules/pack.ts'
import { startRuleWorkers } from '../src/rules/workers.ts'
import { withLabHub, type LabHub } from './lab-fill.ts'
import type { BenchRow } from './row.ts'

const rulesAsked = 20
/** Results a second that a million in a minute asks for. */
const bar = 1_000_000 / 60

/** Stored results judged by twenty rules of the shipped pack, as a version is tried on history: from rows to its report. */
export async function benchRecheck(results: number, say: (line: string) => void): Promise<BenchRow[]> {
  return withLabHub(async (hub) => {
    // Patients come back: four orders each, so that there is something before most results.
    await hub.fill(results, say, { checkedBy: null, returning: 0.75 })
    const pack = twentyRules()
    const setting = (await installPack(hub.db, pack, 'bench')).id
    const workers = startRuleWorkers({ size: 2, deadlineMs: 10_000 })
    const deps = { db: hub.db, vault: hub.vault, ruleSets: makeRuleSets(), judge: workers.judge, worker: 'bench' }
    try {
      const id = await beginReport(hub.db, { purpose: 'try', setting, pack, actor: 'bench' })
      const memory = { first: 0, most: 0, heap: 0, seen: 0 }
      const began = performance.now()
      const cpu = cpuOf(hub)
      await runReport(deps, id, {
        progress({ seen, total }) {
          const { rss, heapUsed } = process.memoryUsage()
          // What is compiled and pooled is there after the first tenth.
          if (memory.first === 0 && seen >= total / 10) memory.first = rss
          memory.most = Math.max(memory.most, rss)
          memory.heap = heapUsed
          memory.seen = seen
          if (seen % 50_000 < 4_000) say(`judged ${seen.toLocaleString('en')} of ${total.toLocaleString('en')}`)
        },
      })
      const seconds = (performance.now() - began) / 1_000
      const used = cpu(memory.seen)
      const end = process.memoryUsage().rss
      const rate = memory.seen / seconds
      const mb = (bytes: number): number => Math.round(bytes / 1_048_576)
      return [
        {
          name: 'recheck',
          ours: Math.round(rate),
          theirs: Math.round(bar),
          ratio: Number((rate / bar).toFixed(3)),
          unit: 'results/s',
          conditions: `${memory.seen.toLocaleString('en')} stored results x ${pack.rules.length} rules in ${seconds.toFixed(1)} s, two threads; ${used.node} us of CPU a result in the node, of it ${used.main} in the main thread, and ${used.database} in PostgreSQL; memory ${mb(memory.first)} MB after a tenth, ${mb(end)} MB at the end, ${mb(memory.most)} MB at most, heap ${mb(memory.heap)} MB; theirs = a million in 60 s`,
        },
      ]
    } finally {
      await workers.close()
    }
  })
}

/** Microseconds of CPU from now on, for each of so many results. */
function cpuOf(hub: LabHub): (results: number) => { node: number; main: number; database: number } {
  const [node, main, database] = [process.cpuUsage(), process.threadCpuUsage(), hub.databaseCpu()]
  return (results) => {
    const each = ({ user, system }: NodeJS.CpuUsage): number => Math.round((user + system) / results)
    return {
      node: each(process.cpuUsage(node)),
      main: each(process.threadCpuUsage(main)),
      database: Math.round((hub.databaseCpu() - database) / results),
    }
  }
}

/** The first twenty rules on records of the shipped pack. */
export function twentyRules(): Pack {
  const whole = packOf(loadPack(join(dataFolder, 'packs/lab-quality/1.0.0')), 'lab-quality@1.0.0')
  const ids = new Set(
    whole.rules
      .filter(({ state }) => state === 'record')
      .slice(0, rulesAsked)
      .map(({ id }) => id),
  )
  const file = parse(whole.source.pack) as { rules: { id: string }[] }
  const text = stringify({ ...file, version: '0.0.20', rules: file.rules.filter(({ id }) => ids.has(id)) })
  return packOf(readPack({ pack: text, cases: null, notes: '' }), 'lab-quality@0.0.20')
}
