import { countMonitorChanges } from '../care/impact.ts'
import { beginReport, runReport } from '../checking/dry-run.ts'
import { installPack } from '../checking/install.ts'
import { promote, type Promotion } from '../checking/promote.ts'
import { SluisError } from '../kernel/errors.ts'
import { impactLines } from '../store/impact-figures.ts'
import { reports } from '../store/impact.ts'
import { untilSo } from './actions.ts'
import type { LabDay } from './lab-checks.ts'
import { labUpdate, updateStep } from './lab-update.ts'

/** What trying the update on history said, and that it was not let through. */
export interface TriedRun {
  readonly seconds: number
  readonly records: number
  /** Laboratories of which results would be newly withheld, and by which rules. */
  readonly laboratories: readonly {
    readonly name: string
    readonly clientId: string
    readonly count: number
    readonly share: number
  }[]
  readonly rules: readonly string[]
  readonly patients: number
  /** Items of monitors that would change colour; null when it was not worked out. */
  readonly items: number | null
  readonly refusedWith: string | null
  readonly refusal: string
}

/** With everything on: tried on history, and refused with the laboratory's name. */
export async function tryUpdate(day: LabDay): Promise<TriedRun> {
  const { town } = day
  const { db } = town
  const pack = labUpdate()
  const setting = (await installPack(db, pack, 'lea')).id
  const began = performance.now()
  const id = await beginReport(db, { purpose: 'try', setting, pack, actor: 'lea' })
  const progress = ({ seen, total }: { seen: number; total: number }): void =>
    day.show(`tried on ${seen} of ${total} results`)
  const deps = {
    ...town,
    worker: 'drill',
    countMonitorChanges: (one: number) => countMonitorChanges(town.care, db, one, new Date()),
  }
  await runReport(deps, id, { progress })
  const done = await untilSo(town, async () => (await reports(db, { id }))[0]?.state === 'done', 600)
  const [report] = await reports(db, { id })
  if (!done || report === undefined) throw new Error('trying the update on history did not come to an end')
  const lines = await impactLines(db, id)
  const laboratories = lines
    .filter(({ rule, newlyWithheld }) => rule === '' && newlyWithheld > 0)
    .map((line) => ({
      name: line.sender,
      clientId: line.clientId,
      count: line.newlyWithheld,
      share: line.newlyWithheld / line.records,
    }))
  const refused = await refusalOf(day)
  return {
    seconds: (performance.now() - began) / 1_000,
    records: report.total,
    laboratories,
    rules: [
      ...new Set(lines.filter(({ rule, newlyWithheld }) => rule !== '' && newlyWithheld > 0).map(({ rule }) => rule)),
    ],
    patients: report.meaning?.patients ?? 0,
    items: report.meaning?.monitors?.reduce((sum, { count }) => sum + count, 0) ?? null,
    refusedWith: refused?.code ?? null,
    refusal: refused?.message ?? 'it was let through',
  }
}

/** Goes as far as the hub lets one person go: into the shadow, and not further. */
async function refusalOf({ town }: LabDay): Promise<SluisError | null> {
  const take = (mode: Promotion['mode']) => promote(town, { ...updateStep, mode })
  try {
    await take('shadow')
    await take('active')
    return null
  } catch (error) {
    if (error instanceof SluisError) return error
    throw error
  }
}
