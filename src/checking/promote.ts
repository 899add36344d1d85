import { SluisError } from '../kernel/errors.ts'
import { isSecondPerson } from '../kernel/person.ts'
import type { Pack } from '../rules/pack.ts'
import { sendersNamed, type ActivationMode, type ActivationRow, type NewActivation } from '../store/activations.ts'
import { arrivedSince, impactLines } from '../store/impact-figures.ts'
import { countReport, reports, type ReportRow } from '../store/impact.ts'
import type { Queryable } from '../store/connect.ts'
import { storedPacks } from '../store/packs.ts'
import { objectionsTo, type Objection } from './approval.ts'
import { noteReport } from './dry-run.ts'
import type { PackStanding } from './standing.ts'
import { switchPack, type Decide, type SwitchDeps } from './switch.ts'

export interface Promotion {
  readonly pack: string
  readonly version: string
  readonly mode: Exclude<ActivationMode, 'retired'>
  /** Client ids, for a canary. */
  readonly sources?: readonly string[]
  readonly actor: string
  readonly why: string
  /** The report it stands on; without, the newest finished one of this version. */
  readonly report?: number
  /** The second person, where one is wanted. */
  readonly confirmedBy?: string
  /** Goes without a report and without the steps before; wants a second person and is marked for ever. */
  readonly emergency?: boolean
}

export interface Promoted {
  readonly activations: readonly number[]
  readonly report: number | null
  /** What the second person confirmed. */
  readonly objections: readonly Objection[]
  /** The report that judges what is stored and was not judged by it; null when nothing has effect yet. */
  readonly catchUp: number | null
}

/**
 * Takes a version one step further: shadow, canary for whole senders, active for all. Each step is one row with who and why
 * (one for each sender of a canary) and stands on a report over all history that still holds; above the limits of the pack,
 * or when nearly all of it falls on one source, a second person confirms. Throws the refusal, with laboratory and rule.
 *
 * @example await promote(deps, { pack: 'lab-quality', version: '1.1.0', mode: 'shadow', actor: 'lea', why: 'new rule' })
 */
export async function promote(deps: SwitchDeps, wish: Promotion): Promise<Promoted> {
  const { db, ruleSets } = deps
  const { pack: name, version } = wish
  const stored = (await storedPacks(db, name)).find((one) => one.body.version === version)
  if (stored === undefined) throw new SluisError('pack-unknown', { pack: name, version })
  const pack = await ruleSets.pack(db, stored.id)
  const sources = await sourcesOf(deps, wish)
  assertSecondPerson(wish)
  let report: ReportRow | null = null
  let objections: Objection[] = []
  let catchUp: number | null = null
  const decide: Decide = async (stands, rows) => {
    assertStep(stands, stored.id, wish, sources)
    if (wish.emergency !== true) {
      report = await freshReport(deps, wish, stored.id, pack, stands, rows)
      objections = objectionsTo(await impactLines(db, report.id), pack.limits, wish.mode === 'canary' ? sources : null)
      if (wish.mode !== 'shadow' && wish.confirmedBy === undefined) assertHarmless(wish, objections)
    }
    const row: NewActivation = {
      setting: stored.id,
      mode: wish.mode,
      source: null,
      actor: wish.actor,
      why: wish.why,
      report: report?.id ?? null,
      confirmedBy: wish.confirmedBy ?? null,
      emergency: wish.emergency ?? false,
    }
    return wish.mode === 'canary' ? sources.map((source) => ({ ...row, source })) : [row]
  }
  // With the switch: a node killed between the two would leave a version that counts and never judged what it should have.
  const activations = await switchPack(deps, name, decide, async (tx) => {
    catchUp = await noteCatchUp(tx, wish, pack, stored.id, report)
  })
  if (catchUp !== null) await countReport(db, catchUp)
  return { activations, report: (report as ReportRow | null)?.id ?? null, objections, catchUp }
}

function assertSecondPerson({ actor, confirmedBy, emergency = false }: Promotion): void {
  const isNeeded = emergency || confirmedBy !== undefined
  if (isNeeded && !isSecondPerson(actor, confirmedBy ?? '')) throw new SluisError('pack-second-person', { actor })
}

async function sourcesOf({ db }: SwitchDeps, { mode, sources = [] }: Promotion): Promise<readonly string[]> {
  if (mode !== 'canary') return []
  const known = await sendersNamed(db, sources)
  const lost = sources.find((source) => !known.has(source))
  if (lost !== undefined || sources.length === 0) throw new SluisError('pack-source-unknown', { source: lost ?? '-' })
  return sources
}

function assertStep(stands: PackStanding, setting: number, wish: Promotion, sources: readonly string[]): void {
  const { pack, version, mode } = wish
  const isActive = stands.active?.setting === setting
  const canaries = [...stands.exceptions].filter(([, counting]) => counting.setting === setting).map(([name]) => name)
  const isThere =
    mode === 'active'
      ? isActive
      : mode === 'shadow'
        ? stands.shadows.has(setting) || isActive || canaries.length > 0
        : isActive || sources.every((source) => canaries.includes(source))
  if (isThere) throw new SluisError('pack-stands-already', { pack, version, mode })
  if (wish.emergency === true || mode === 'shadow') return
  const isBeside = stands.shadows.has(setting)
  if (mode === 'canary' && !isBeside) throw new SluisError('pack-step-missing', { pack, version, mode, step: 'shadow' })
  if (mode === 'active' && canaries.length === 0 && !isBeside)
    throw new SluisError('pack-step-missing', { pack, version, mode, step: 'shadow' })
}

/** The report a step stands on; throws when there is none or when it does not hold any more. */
async function freshReport(
  { db }: SwitchDeps,
  wish: Promotion,
  setting: number,
  pack: Pack,
  stands: PackStanding,
  rows: readonly ActivationRow[],
): Promise<ReportRow> {
  const { pack: name, version } = wish
  const found = (await reports(db, { pack: name })).find(
    (one) =>
      one.purpose === 'try' &&
      one.state === 'done' &&
      one.setting === setting &&
      (wish.report === undefined || one.id === wish.report),
  )
  if (found === undefined) throw new SluisError('pack-report-missing', { pack: name, version })
  const about = { pack: name, version, report: found.id }
  // What a canary withheld when it was made counts in it as withheld before.
  const undone = rows.some(({ reverts, mode, at }) => (reverts !== null || mode === 'retired') && at > found.at)
  if (undone || found.against !== (stands.active?.setting ?? null)) throw new SluisError('pack-report-overtaken', about)
  const more = await arrivedSince(db, found.service, found.lastAt)
  // One in a hundred, and few enough records are no news.
  if (more > Math.max(found.total * 0.01, pack.limits.minSample))
    throw new SluisError('pack-report-stale', { ...about, more })
  return found
}

function assertHarmless(wish: Promotion, objections: readonly Objection[]): void {
  const refusal = refusalFor(wish, objections)
  if (refusal !== null) throw refusal
}

/** With what a version is refused while nobody confirms it; null when nothing stands in its way. */
export function refusalFor(
  { pack, version }: Pick<Promotion, 'pack' | 'version'>,
  [worst]: readonly Objection[],
): SluisError | null {
  if (worst === undefined) return null
  const { count, rule } = worst
  const share = Math.round(worst.share * 1000) / 10
  if (worst.state === 'concentrated')
    return new SluisError('pack-concentrated', { pack, version, share, sender: worst.name, count, rule })
  const { records, sender } = worst
  const limit = Math.round(worst.limit * 1000) / 10
  return new SluisError('pack-withholds-too-much', { pack, version, count, records, sender, rule, share, limit })
}

/**
 * What came while the version was tried has no verdicts of it yet, for all or for the senders of a canary; after an emergency
 * nothing stored of them has any. It is judged now, in the background, by whichever node is free. Null where nothing has
 * effect yet.
 */
async function noteCatchUp(
  tx: Queryable,
  { mode, sources = [] }: Promotion,
  pack: Pack,
  setting: number,
  report: ReportRow | null,
): Promise<number | null> {
  if (mode === 'shadow') return null
  const senders = mode === 'canary' ? { senders: [...(await sendersNamed(tx, sources)).values()] } : {}
  const from = report === null ? {} : { from: dayBefore(report.at) }
  return noteReport(tx, { purpose: 'catch-up', setting, pack, actor: 'hub', ...from, ...senders })
}

/** Messages kept on a node while the database was away come with the moment they were received. */
function dayBefore(moment: Date): Date {
  return new Date(moment.getTime() - 2 * 86_400_000)
}

/** Stops judging by a version: for all, whatever it was. Throws `pack-unknown`. */
export async function retire(
  deps: SwitchDeps,
  wish: { readonly pack: string; readonly version: string; readonly actor: string; readonly why: string },
): Promise<Promoted> {
  const { pack, version, actor, why } = wish
  const stored = (await storedPacks(deps.db, pack)).find((one) => one.body.version === version)
  if (stored === undefined) throw new SluisError('pack-unknown', { pack, version })
  const activations = await switchPack(deps, pack, () =>
    Promise.resolve([{ setting: stored.id, mode: 'retired', source: null, actor, why }]),
  )
  return { activations, report: null, objections: [], catchUp: null }
}
