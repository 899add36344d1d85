import type { Queryable } from '../store/connect.ts'
import { backlogRows, type BacklogRow } from '../store/delivery-backlog.ts'
import { destinationStates, type DestinationView } from '../store/destinations.ts'
import { listNodes, type NodeRow } from '../store/nodes.ts'
import { pausesOver, runningPauses, type Pause } from '../store/pauses.ts'
import { uncarriedRoles, type Uncarried } from '../store/uncarried.ts'

/** When a backlog will be empty. `standing`: nothing was acknowledged in the last minute, or nothing is sent any more. */
export type Outlook =
  | { readonly state: 'empty' }
  | { readonly state: 'emptying'; readonly seconds: number }
  | { readonly state: 'growing' }
  | { readonly state: 'standing' }

export interface Backlog extends BacklogRow {
  /** Acknowledged a second, over the last minute. */
  readonly rate: number
  readonly oldestSeconds: number
  readonly outlook: Outlook
}

export interface BacklogView {
  readonly lines: readonly Backlog[]
  readonly destinations: readonly DestinationView[]
  readonly pauses: readonly Pause[]
  /** Roles that no node has any more; without `delivery` nothing empties, without `work` nothing becomes owed. */
  readonly uncarried: readonly Uncarried[]
}

/**
 * What is owed and not acknowledged, by destination and form kind, with what stands in its way. Who reads the nodes anyhow
 * hands that reading over.
 */
export async function backlog(
  db: Queryable,
  now: Date,
  reading: Promise<readonly NodeRow[]> = listNodes(db),
): Promise<BacklogView> {
  const [rows, destinations, pauses, nodes] = await Promise.all([
    backlogRows(db),
    destinationStates(db),
    runningPauses(db),
    reading,
  ])
  const uncarried = uncarriedRoles(nodes)
  const isStopped = (row: BacklogRow): boolean =>
    pausesOver(pauses, row).length > 0 ||
    isUncarried({ uncarried }, 'delivery') ||
    destinations.some(({ destination, breaker }) => destination === row.destination && breaker === 'open')
  return { lines: rows.map((row) => toLine(row, isStopped(row), now)), destinations, pauses, uncarried }
}

/** Whether no node does what a role does. */
export const isUncarried = ({ uncarried }: Pick<BacklogView, 'uncarried'>, role: string): boolean =>
  uncarried.some((one) => one.role === role)

/** The rate is that of the last minute: what was stopped since then does not go on emptying. */
function toLine(row: BacklogRow, isStopped: boolean, now: Date): Backlog {
  const rate = row.acknowledged / 60
  const oldestSeconds = row.oldest === null ? 0 : Math.max(0, (now.getTime() - row.oldest.getTime()) / 1000)
  return { ...row, rate, oldestSeconds, outlook: outlookOf(row, isStopped ? 0 : rate) }
}

/**
 * What came in during the last minute and still waits is the share that was not kept up with.
 *
 * @example outlookOf({ count: 600, fresh: 0 }, 10) // { state: 'emptying', seconds: 60 }
 */
export function outlookOf(row: Pick<BacklogRow, 'count' | 'fresh'>, rate: number): Outlook {
  if (row.count === 0) return { state: 'empty' }
  if (rate === 0) return { state: 'standing' }
  const net = row.count === row.fresh ? rate : rate - row.fresh / 60
  return net <= 0 ? { state: 'growing' } : { state: 'emptying', seconds: Math.ceil(row.count / net) }
}
