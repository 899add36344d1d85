import { backlog, type BacklogView } from '../../delivery/backlog.ts'
import { runningAlerts, type AlertRow } from '../../store/alerts.ts'
import type { Database } from '../../store/connect.ts'
import {
  flowSince,
  messagesLately,
  owedLately,
  receiptWaiting,
  type Arrived,
  type FlowMinute,
} from '../../store/flow.ts'
import { listNodes, type NodeRow } from '../../store/nodes.ts'

/** What the database says of the flow at one moment; no words in it, so that one reading serves every language. */
export interface FlowFacts {
  readonly at: Date
  readonly backlog: BacklogView
  readonly owed: readonly Arrived[]
  readonly arrived: readonly Arrived[]
  readonly course: readonly FlowMinute[]
  readonly nodes: readonly NodeRow[]
  readonly alerts: readonly AlertRow[]
  /** The oldest open delivery, by destination; without its receipt when it was settled between two statements. */
  readonly oldest: ReadonlyMap<string, { readonly receipt: string | null; readonly since: Date }>
}

const hour = 3_600_000

export async function readFlow(db: Database, now: Date): Promise<FlowFacts> {
  const reading = listNodes(db)
  const [view, owed, arrived, course, nodes, alerts] = await Promise.all([
    backlog(db, now, reading),
    owedLately(db),
    messagesLately(db),
    flowSince(db, null, new Date(now.getTime() - hour)),
    reading,
    runningAlerts(db),
  ])
  return { at: now, backlog: view, owed, arrived, course, nodes, alerts, oldest: await readOldest(db, view) }
}

async function readOldest(db: Database, { lines }: BacklogView): Promise<FlowFacts['oldest']> {
  const oldest = new Map<string, { receipt: string | null; since: Date }>()
  for (const name of new Set(lines.map((line) => line.destination))) {
    const moments = lines.flatMap((line) => (line.destination === name && line.oldest !== null ? [line.oldest] : []))
    const since = moments.sort((a, b) => a.getTime() - b.getTime())[0]
    if (since !== undefined) oldest.set(name, { receipt: await receiptWaiting(db, name, since), since })
  }
  return oldest
}
