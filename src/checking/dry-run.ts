import { SluisError } from '../kernel/errors.ts'
import type { Pack } from '../rules/pack.ts'
import { activationsOfPacks, activeRules, holdPacks, type ActivationRow } from '../store/activations.ts'
import { markPatients } from '../store/care-dirty.ts'
import { inTransaction, type Database, type Queryable } from '../store/connect.ts'
import { endReport, holdDeliveries, holdDeliveriesOf, meaningOf } from '../store/impact-figures.ts'
import {
  addToReport,
  countReport,
  holdReport,
  insertReport,
  reportPlace,
  reports,
  type MonitorChange,
  type ReportPurpose,
  type ReportRow,
} from '../store/impact.ts'
import { touchedBy } from '../store/impact-touched.ts'
import type { MessageCounts } from '../store/surroundings.ts'
import {
  actAsChecker,
  actAsHub,
  addCheckCounts,
  insertVerdicts,
  removeAnsweredErrors,
  type NewVerdict,
} from '../store/verdicts.ts'
import { countsOf } from './counts.ts'
import { compare, effectOf, type Effect, type Known } from './impact.ts'
import type { JudgingDeps } from './judge.ts'
import { standing, type Counting } from './standing.ts'
import { activeRulesOf } from './switch.ts'
import { nextBatch, type Batch, type BatchSizes } from './walk.ts'

export interface DryRunDeps extends JudgingDeps {
  readonly db: Database
  /** Who works: a node or a command. */
  readonly worker: string
  /** Counts how monitors would change colour; without it the report says that it was not worked out. */
  readonly countMonitorChanges?: (report: number) => Promise<readonly MonitorChange[]>
  readonly sizes?: BatchSizes
}

/** What a report is asked for. */
export interface ReportWish {
  readonly purpose: ReportPurpose
  readonly setting: number
  readonly pack: Pack
  readonly actor: string
  /** Only what was received since; null for all of history. */
  readonly from?: Date
  /** Only of these senders; without, of all. */
  readonly senders?: readonly number[]
}

/** Begins a report over everything stored; any worker goes on with it, and a stopped one can be resumed. */
export async function beginReport(db: Database, wish: ReportWish): Promise<number> {
  return inTransaction(db, async (tx) => {
    const id = await noteReport(tx, wish)
    await countReport(tx, id)
    return id
  })
}

/** Begins it in a transaction that others wait for: what is stored has to be counted when that is done. */
export async function noteReport(tx: Queryable, wish: ReportWish): Promise<number> {
  const { name, service } = wish.pack
  const stands = standing(await activationsOfPacks(tx, name)).get(name)
  return insertReport(tx, {
    purpose: wish.purpose,
    service,
    pack: name,
    setting: wish.setting,
    against: stands?.active?.setting ?? null,
    senders: wish.senders ?? null,
    from: wish.from ?? null,
    byPatient: goesByPatient(wish),
    actor: wish.actor,
  })
}

/** A part of history is sooner found by its time; and what else a message held is in the batch only by time of receipt. */
const goesByPatient = ({ pack, from, senders }: ReportWish): boolean =>
  pack.service === 'lab' && from === undefined && senders === undefined && !pack.source.pack.includes('%siblings')

const leaseSeconds = 15

export type RunState = 'done' | 'stopped' | 'busy'

/**
 * Judges stored records by a version, batch by batch, until done, stopped by a row, or `halted`. What a batch came to and the
 * place are one transaction: killed anywhere it goes on where it was, here or on another node. Verdicts of a version that is
 * tried have no effect until it is activated; then they have it at once.
 *
 * @example await runReport(deps, id, { progress: ({ seen, total }) => tell(() => `${seen} of ${total}`) })
 */
export async function runReport(
  deps: DryRunDeps,
  id: number,
  watching: { readonly progress?: (report: ReportRow) => void; readonly halted?: () => boolean } = {},
): Promise<RunState> {
  const [found] = await reports(deps.db, { id })
  if (found === undefined) throw new SluisError('pack-report-unknown', { report: id })
  if (found.state !== 'running') return found.state
  if (!(await holdReport(deps.db, id, deps.worker, leaseSeconds))) return 'busy'
  const run = await prepareRun(deps, found)
  let report = found
  const walk = { ...deps, told: new Map<number, MessageCounts>(), spare: [] }
  let next = nextBatch(walk, report, await reportPlace(deps.db, id))
  for (;;) {
    const batch = await next
    if (watching.halted?.() === true) return 'stopped'
    if (batch === null) break
    // The database reads the next batch while this one is judged.
    next = nextBatch(walk, report, batch.place)
    next.catch(() => undefined)
    if (!(await judgeBatch(deps, run, batch))) return 'stopped'
    report = { ...report, seen: report.seen + batch.records.length }
    batch.done()
    watching.progress?.(report)
  }
  if (!(await holdReport(deps.db, id, deps.worker, 600))) return 'stopped'
  await holdDeliveriesOf(deps.db, id)
  const meaning = {
    ...(await meaningOf(deps.db, found)),
    ...(await touchedBy(deps.db, id)),
    monitors: (await deps.countMonitorChanges?.(id)) ?? null,
  }
  return (await endReport(deps.db, id, deps.worker, meaning)) ? 'done' : 'stopped'
}

interface Run {
  readonly report: ReportRow
  readonly whole: Pack
  /** The rules whose verdicts are not known yet; null when there are none. */
  readonly asked: Pack | null
  readonly counting: Counting | null
  readonly effect: Effect
  /** What had effect before it was this version's doing; see `countForGuard`. */
  readonly baseline: Effect
}

async function prepareRun(deps: DryRunDeps, report: ReportRow): Promise<Run> {
  const { db, ruleSets } = deps
  const whole = await ruleSets.pack(db, report.setting)
  const trying = report.purpose === 'try'
  const rows = await activationsOfPacks(db, report.pack)
  const active = standing(rows).get(report.pack)?.active ?? null
  const counting = active?.setting === report.setting ? active : null
  const rules = await activeRules(db)
  const effect = effectOf(whole, rules)
  const activation = rows.find(({ id }) => id === counting?.activation)
  return {
    report,
    whole,
    asked: trying ? await ruleSets.apartFrom(db, report.setting, report.against) : whole,
    counting,
    effect,
    // Who activated by a report knew what it told; without one, all is new that the version before did not withhold.
    baseline: activation?.report === null ? effectOf(whole, await rulesBefore(deps, activation, rows, rules)) : effect,
  }
}

/** What counted just before an activation; other packs as they are now. */
async function rulesBefore(
  { db, ruleSets }: DryRunDeps,
  { id, pack }: ActivationRow,
  rows: readonly ActivationRow[],
  now: Awaited<ReturnType<typeof activeRules>>,
): Promise<typeof now> {
  const stood = standing(rows.filter((row) => row.id < id)).get(pack)
  const own = stood === undefined ? [] : await activeRulesOf(ruleSets, db, stood)
  return [...now.filter((rule) => rule.pack !== pack), ...own.map((rule) => ({ ...rule, pack }))]
}

async function judgeBatch(deps: DryRunDeps, run: Run, batch: Batch): Promise<boolean> {
  const { report, asked, effect } = run
  const { records } = batch
  const [verdicts, known] = await Promise.all([
    // Flags of a version that is only tried would be as many as the records and show nothing to anybody.
    asked === null ? records.map(() => []) : batch.judge(asked, report.purpose !== 'try'),
    batch.standing(),
  ])
  const { lines, changes } = compare(effect, records, verdicts, known)
  const held = changes.filter(({ change }) => change === 'newly-withheld').map(({ record }) => record)
  return inTransaction(deps.db, async (tx) => {
    await holdPacks(tx, 'shared')
    const mine = { id: report.id, worker: deps.worker }
    if (!(await addToReport(tx, mine, records.length, batch.place, lines, changes))) return false
    await holdDeliveries(tx, held)
    await writeVerdicts(tx, run, records, verdicts)
    await countForGuard(tx, run, records, verdicts, known)
    return true
  })
}

async function writeVerdicts(
  tx: Queryable,
  { report, whole }: Run,
  records: Batch['records'],
  verdicts: readonly NewVerdict[][],
): Promise<void> {
  const trying = report.purpose === 'try'
  // A rule that is not asked for some minutes would leave an error beside everything stored, which it has judged before. What a
  // version that just began to count has not judged must be seen, and is judged again.
  const isKept = (verdict: NewVerdict): boolean => verdict.barred !== true || report.purpose === 'catch-up'
  const kept = verdicts.flat().filter((verdict) => isKept(verdict) && (!trying || verdict.outcome === 'withhold'))
  const judged = new Set(kept.map(({ record }) => record))
  const answered = await removeAnsweredErrors(tx, report.service, {
    // What a version that is tried does not withhold is not written either.
    records: trying ? records.filter(({ id }) => judged.has(id)) : records,
    rules: trying ? kept.map(({ ruleHash }) => ruleHash) : whole.rules.map(({ hash }) => Buffer.from(hash, 'hex')),
    failed: verdicts.flat().filter(({ outcome }) => outcome === 'error'),
  })
  await actAsChecker(tx)
  await insertVerdicts(tx, report.service, kept)
  await actAsHub(tx)
  // A version that counts already: its verdicts on stored records have their effect now.
  await markPatients(tx, [...answered, ...(trying ? [] : patientsIn(kept))], 'activation')
}

/**
 * What a version withholds of stored records by its own doing, and of these nothing else: what was withheld before it, for
 * years perhaps, would look to the guard as if it had come in this hour. A regular check says nothing new of a version.
 */
async function countForGuard(
  tx: Queryable,
  { report, counting, whole, baseline }: Run,
  records: Batch['records'],
  verdicts: readonly NewVerdict[][],
  known: readonly Known[],
): Promise<void> {
  if (report.purpose !== 'catch-up' || counting === null) return
  const senders = new Map(records.map(({ id, senderId }) => [id, senderId]))
  const before = (record: number, hash: string): boolean => baseline.before(hash, senders.get(record)!)
  const settled = new Set(
    known.filter((one) => one.decision !== null || before(one.record, one.ruleHash)).map(({ record }) => record),
  )
  const told = verdicts.map((said, at) => (settled.has(records[at]!.id) ? [] : said))
  const counts = countsOf({ pack: whole.name, effective: counting, records, verdicts: told })
  await addCheckCounts(tx, report.service, 'stored', counts)
}

/** Whose monitors may rest on a record that was judged. */
const patientsIn = (verdicts: readonly NewVerdict[]): Buffer[] =>
  verdicts.flatMap(({ patient, outcome }) => (patient === null || outcome === 'flag' ? [] : [patient]))
