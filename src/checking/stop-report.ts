import { SluisError } from '../kernel/errors.ts'
import { activationsOfPacks } from '../store/activations.ts'
import type { Queryable } from '../store/connect.ts'
import { reports, setReportState, type ReportRow } from '../store/impact.ts'
import { standing } from './standing.ts'

/**
 * Stops a report that runs; what was judged stays judged. False when it does not run.
 *
 * Throws `pack-report-counts` where what is stored would be left unjudged by a version that counts: nobody would be told
 * of what it lets pass. A revert stops such a report.
 */
export async function stopReport(db: Queryable, id: number): Promise<boolean> {
  const [report] = await reports(db, { id })
  if (report !== undefined && (await isAwaited(db, report)))
    throw new SluisError('pack-report-counts', { report: id, pack: report.pack, version: report.version })
  return setReportState(db, id, 'stopped')
}

/** Whether a report judges what is stored by a version that counts, for all or for a sender. */
export async function isAwaited(db: Queryable, { purpose, state, pack, setting }: ReportRow): Promise<boolean> {
  if (purpose !== 'catch-up' || state !== 'running') return false
  const stands = standing(await activationsOfPacks(db, pack)).get(pack)
  return [stands?.active, ...(stands?.exceptions.values() ?? [])].some((one) => one?.setting === setting)
}
