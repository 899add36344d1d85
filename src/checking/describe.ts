import { diffTables, type TablesDiff } from '../formats/lab/tables-diff.ts'
import { tablesIn } from '../ledger/tables.ts'
import { diffPacks, type PackDiff } from '../rules/diff.ts'
import { tablesOf } from '../rules/tables.ts'
import { activationsOfPacks, type ActivationRow } from '../store/activations.ts'
import { impactLines, type NamedImpactLine } from '../store/impact-figures.ts'
import { reports, type ReportRow } from '../store/impact.ts'
import { storedPacks, type StoredPack } from '../store/packs.ts'
import { objectionsTo, type Objection } from './approval.ts'
import { standing, type PackStanding } from './standing.ts'
import { SluisError } from '../kernel/errors.ts'
import type { SwitchDeps } from './switch.ts'

/** A version of a pack and how it stands. */
export interface DescribedVersion {
  readonly setting: number
  readonly version: string
  readonly installedAt: Date
  readonly installedBy: string
  /** `former`: replaced, judged in the shadow until its successor is settled. */
  readonly stands: 'active' | 'canary' | 'shadow' | 'former' | 'installed'
  readonly sources: readonly string[]
  /** The tables of codes and units that count with it, such as `lab-tables@1.0.0`; null where it needs none. */
  readonly tables: string | null
}

export interface DescribedPack {
  readonly pack: string
  readonly versions: readonly DescribedVersion[]
  readonly history: readonly ActivationRow[]
}

/** Every pack with its versions, how each stands, and every step that was taken; oldest first. */
export async function describePacks({ db }: SwitchDeps, only: string | null = null): Promise<DescribedPack[]> {
  const rows = await activationsOfPacks(db, only)
  const stands = standing(rows)
  return [...Map.groupBy(await storedPacks(db, only), ({ name }) => name)].map(([pack, versions]) => ({
    pack,
    versions: versions.map((version) => describeVersion(version, stands.get(pack))),
    history: rows.filter((row) => row.pack === pack),
  }))
}

function describeVersion({ id, body, createdAt, createdBy }: StoredPack, stands?: PackStanding): DescribedVersion {
  const sources = [...(stands?.exceptions ?? [])].filter(([, one]) => one.setting === id).map(([source]) => source)
  const common = {
    setting: id,
    version: body.version,
    installedAt: createdAt,
    installedBy: createdBy,
    sources,
    tables: tablesIn(body)?.id ?? null,
  }
  if (stands?.active?.setting === id) return { ...common, stands: 'active' }
  if (sources.length > 0) return { ...common, stands: 'canary' }
  if (stands?.shadows.has(id) === true) return { ...common, stands: 'shadow' }
  return { ...common, stands: stands?.former?.setting === id ? 'former' : 'installed' }
}

/** A report with its lines, what stands in the way of the version, and what it changes of the rules. */
export interface DescribedReport extends ReportRow {
  readonly lines: readonly NamedImpactLine[]
  readonly objections: readonly Objection[]
  readonly diff: PackDiff | null
  /** What the tables of codes and units it needs change beside those of the other version; null where they are the same. */
  readonly tables: TablesDiff | null
}

/** The whole impact report; throws `pack-report-unknown`. */
export async function describeReport({ db, ruleSets }: SwitchDeps, id: number): Promise<DescribedReport> {
  const [report] = await reports(db, { id })
  if (report === undefined) throw new SluisError('pack-report-unknown', { report: id })
  const lines = await impactLines(db, id)
  const pack = await ruleSets.pack(db, report.setting)
  const against = report.against === null ? null : await ruleSets.pack(db, report.against)
  return {
    ...report,
    lines,
    objections: objectionsTo(lines, pack.limits, null),
    diff: against === null ? null : diffPacks(against, pack),
    tables: against === null || report.service !== 'lab' ? null : diffTables(tablesOf(against), tablesOf(pack)),
  }
}
