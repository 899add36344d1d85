import { beginReport, runReport } from '../src/checking/dry-run.ts'
import { installPack } from '../src/checking/install.ts'
import { promote } from '../src/checking/promote.ts'
import { revertPack } from '../src/checking/revert.ts'
import { makeRuleSets } from '../src/checking/rule-sets.ts'
import { packOf } from '../src/rules/load.ts'
import { readPack, type Pack } from '../src/rules/pack.ts'
import { startRuleWorkers } from '../src/rules/workers.ts'
import { withheldLines } from '../src/store/visibility.ts'
import { withLabHub } from './lab-fill.ts'
import type { BenchRow } from './row.ts'

/** Seconds until all is visible. */
const bar = 2

/**
 * Undoing a version that withholds everything that is stored: how long the switch takes, and how long until a reader of the
 * whole list finds nothing withheld any more. For each of the sizes, which must rise.
 */
export async function benchRevert(sizes: readonly number[], say: (line: string) => void): Promise<BenchRow[]> {
  return withLabHub(async (hub) => {
    const { db, vault } = hub
    const workers = startRuleWorkers({ size: 2, deadlineMs: 10_000 })
    const deps = { db, vault, ruleSets: makeRuleSets(), judge: workers.judge, worker: 'bench' }
    const [good, bad] = [packThat('1.0.0', 'true'), packThat('1.1.0', 'false')]
    const by = { actor: 'bench', why: 'measured', confirmedBy: 'other', emergency: true } as const
    try {
      await installPack(db, good, 'bench')
      const setting = (await installPack(db, bad, 'bench')).id
      await promote(deps, { ...by, pack: good.name, version: good.version, mode: 'active' })
      const rows: BenchRow[] = []
      for (const size of sizes) {
        await hub.fill(size, say, { checkedBy: [good] })
        await runReport(deps, await beginReport(db, { purpose: 'try', setting, pack: bad, actor: 'bench' }))
        await promote(deps, { ...by, pack: bad.name, version: bad.version, mode: 'active' })
        const withheld = await countWithheld(hub)
        const began = performance.now()
        await revertPack(deps, { pack: bad.name, source: null, actor: 'bench', why: 'measured' })
        const switched = performance.now() - began
        const left = await countWithheld(hub)
        const seconds = (performance.now() - began) / 1_000
        if (withheld < size || left > 0) throw new Error(`${withheld} were withheld, ${left} still are`)
        rows.push({
          name: `revert-${size}`,
          ours: Number(seconds.toFixed(3)),
          theirs: bar,
          ratio: Number((bar / Math.max(seconds, 0.001)).toFixed(1)),
          unit: 's until all is visible',
          conditions: `${withheld.toLocaleString('en')} withheld, the switch took ${switched.toFixed(1)} ms; ratio = bar / ours`,
        })
        say(`${size.toLocaleString('en')}: switched in ${switched.toFixed(1)} ms`)
      }
      return rows
    } finally {
      await workers.close()
    }
  })
}

const countWithheld = async ({ db }: { readonly db: Parameters<typeof withheldLines>[0] }): Promise<number> =>
  (await withheldLines(db)).reduce((sum, { count }) => sum + count, 0)

function packThat(version: string, expr: string): Pack {
  const text = { nl: 'gemeten', fr: 'mesuré', de: 'gemessen', en: 'measured' }
  const rule = { id: 'everything', class: 'meaning', severity: 'withhold', expr, text, explain: 'To be measured.' }
  const limits = { maxShareNewlyWithheld: 1, maxPerHourPerSource: 10_000_000, minSample: 20 }
  const pack = { name: 'bench-quality', version, service: 'lab', owner: 'bench', limits, rules: [rule] }
  return packOf(readPack({ pack: JSON.stringify(pack), cases: null, notes: '' }), `bench-quality@${version}`)
}
