import { SluisError } from '../kernel/errors.ts'
import { isSecondPerson } from '../kernel/person.ts'
import type { MonitorDefinition } from '../monitors/definition.ts'
import { hashOf } from '../monitors/hash.ts'
import { inTransaction, type Database, type Queryable } from '../store/connect.ts'
import { countEnrolled, countLeaving, markOutdated, moveEnrolments } from '../store/enrolments.ts'
import {
  holdMonitor,
  insertMonitorMove,
  insertMonitorReport,
  lastMonitorMove,
  newestMonitorReport,
  versionsEnrolled,
  type StoredMonitorMove,
  type StoredMonitorReport,
} from '../store/monitor-moves.ts'
import { definitionOf, type CareDeps } from './deps.ts'
import { newest } from './enrol.ts'
import type { Tried } from './try.ts'

export interface Move {
  readonly monitor: string
  readonly version: string
  /** Null: all practices. */
  readonly practice: string | null
  readonly actor: string
  readonly why: string
  /** The second person, where one is wanted. */
  readonly confirmedBy?: string
}

export interface Moved {
  readonly moved: number
  /** The report it stood on; null where those moved go back to the version they were on. */
  readonly report: number | null
}

/** A week on, other results have come and other patients are enrolled. */
const holdsForDays = 7
/** So much of a report may have changed beside it: a tenth more or fewer enrolments. */
const enrolmentsMayDiffer = 0.1
/** Above this share of items that change colour, and this many, a second person looks at the report. */
const shareForOne = 0.05
const itemsForOne = 20

/** Keeps what trying a version found, for the move that will stand on it; returns the number of the report. */
export async function keepReport(
  db: Queryable,
  definition: MonitorDefinition,
  practice: string | null,
  tried: Tried,
  actor: string,
): Promise<number> {
  return insertMonitorReport(db, { ...tried, practice, definitionHash: judgedBy(definition) }, actor)
}

/**
 * Moves enrolments to another version of their monitor, of one practice or of all; their items are evaluated again. It
 * stands on the report of trying that version, which must still hold, and above a size on a second person; where those last
 * moved, and nobody else, go back to the version they came from it needs neither. One transaction and one row with who and
 * why. Throws `monitor-unknown`, `monitor-report-missing`, `monitor-report-stale`, `monitor-changes-many`,
 * `monitor-second-person`.
 */
export async function moveToVersion(deps: CareDeps, db: Database, move: Move, now: Date): Promise<Moved> {
  const definition = newest(deps, move.monitor, move.version)
  const { name: monitor, version, items } = definition
  const { practice, actor, why, confirmedBy = null } = move
  if (confirmedBy !== null && !isSecondPerson(actor, confirmedBy))
    throw new SluisError('monitor-second-person', { actor })
  return inTransaction(db, async (tx) => {
    await holdMonitor(tx, monitor)
    const last = await lastMonitorMove(tx, monitor, practice)
    const fromVersions = (await versionsEnrolled(tx, monitor, practice)).filter((one) => one !== version)
    const report = (await isWayBack(tx, last, move)) ? null : await reportThatHolds(tx, definition, move, last, now)
    const moved = await moveEnrolments(tx, monitor, version, practice, actor)
    // What a version they come from does not have stands as it was judged before that one, by what was said of a person then.
    const left = fromVersions.map((from) => definitionOf(deps, monitor, from)?.items.map(({ id }) => id) ?? [])
    await markOutdated(
      tx,
      items.map(({ id, hash }) => {
        return { monitor, version, item: id, hash: left.every((ids) => ids.includes(id)) ? hash : null }
      }),
    )
    const row = { monitor, version, practice, fromVersions, moved, actor, confirmedBy, why, report: report?.id ?? null }
    if (moved > 0) await insertMonitorMove(tx, row)
    return { moved, report: report?.id ?? null }
  })
}

/** What decides the items of a definition, whatever version it is called. */
function judgedBy({ items }: MonitorDefinition): string {
  return hashOf(items.map(({ id, hash }) => [id, hash]))
}

/** Whether those last moved, or some of them, go back to where they came from, and nobody else goes with them. */
async function isWayBack(tx: Queryable, last: StoredMonitorMove | null, move: Move): Promise<boolean> {
  const { monitor, version, practice } = move
  if (last === null || (last.practice !== null && last.practice !== practice)) return false
  if (last.fromVersions.length !== 1 || last.fromVersions[0] !== version) return false
  const { count, others, elsewhere } = await countLeaving(tx, monitor, version, practice, last.id)
  // Of those moved, one about whom something else was said since does not bear the mark of the move any more.
  return others === 0 || (elsewhere === 0 && last.practice === practice && count === last.moved)
}

async function reportThatHolds(
  tx: Queryable,
  definition: MonitorDefinition,
  { practice, confirmedBy }: Move,
  last: StoredMonitorMove | null,
  now: Date,
): Promise<StoredMonitorReport> {
  const { name: monitor, version } = definition
  const report = await newestMonitorReport(tx, monitor, judgedBy(definition), practice)
  if (report === null) throw new SluisError('monitor-report-missing', { monitor, version })
  const stale = (reason: string): SluisError =>
    new SluisError('monitor-report-stale', { report: report.id, monitor, version, reason })
  if (now.getTime() - report.at.getTime() > holdsForDays * 86_400_000) throw stale(`older than ${holdsForDays} days`)
  if (last !== null && last.at > report.at) throw stale('others were moved since')
  const enrolled = await countEnrolled(tx, monitor, report.practice)
  if (Math.abs(enrolled - report.enrolments) > report.enrolments * enrolmentsMayDiffer)
    throw stale(`${report.enrolments} enrolments then, ${enrolled} now`)
  if (confirmedBy !== undefined) return report
  // A report of all says of no practice how many items would stay as they are.
  const isOfAll = report.practice === null && practice !== null
  assertFew(report, practice, isOfAll ? (await countEnrolled(tx, monitor, practice)) * definition.items.length : null)
  return report
}

/** Compares the changes with all items they are among: those given, or with null those of the report. */
function assertFew(report: StoredMonitorReport, practice: string | null, among: number | null): void {
  const { id, monitor, version, changes, unchanged } = report
  const count = changes
    .filter((one) => practice === null || one.practice === practice)
    .reduce((sum, change) => sum + change.count, 0)
  const items = among ?? changes.reduce((sum, change) => sum + change.count, unchanged)
  if (count < itemsForOne || count <= items * shareForOne) return
  const share = Math.round((count / items) * 1000) / 10
  throw new SluisError('monitor-changes-many', { report: id, monitor, version, count, share, limit: shareForOne * 100 })
}
