import type { Queryable } from './connect.ts'

/** So many items of a practice that would go from one state to another; null: the item is not there on that side. */
export interface ReportedChange {
  readonly practice: string
  readonly item: string
  readonly from: string | null
  readonly to: string | null
  readonly count: number
}

/** What trying a version of a monitor found. */
export interface MonitorReport {
  readonly monitor: string
  readonly version: string
  readonly definitionHash: string
  /** Null: all practices. */
  readonly practice: string | null
  readonly enrolments: number
  readonly unknown: number
  readonly unchanged: number
  readonly changes: readonly ReportedChange[]
}

export type StoredMonitorReport = MonitorReport & { readonly id: number; readonly at: Date; readonly actor: string }

/** Keeps a report; returns its number. */
export async function insertMonitorReport(db: Queryable, report: MonitorReport, actor: string): Promise<number> {
  const { monitor, version, definitionHash, practice, enrolments, unknown, unchanged, changes } = report
  const { rows } = await db.query<{ id: number }>({
    text: `insert into monitor_report (actor, monitor, version, definition_hash, practice, enrolments, unknown, unchanged, changes)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
    values: [
      actor,
      monitor,
      version,
      definitionHash,
      practice,
      enrolments,
      unknown,
      unchanged,
      JSON.stringify(changes),
    ],
  })
  return rows[0]!.id
}

/** The newest report of what is judged by a definition, that says it of a practice, or (null) of all; null when none does. */
export async function newestMonitorReport(
  db: Queryable,
  monitor: string,
  definitionHash: string,
  practice: string | null,
): Promise<StoredMonitorReport | null> {
  const { rows } = await db.query<StoredMonitorReport>({
    text: `select id, at, actor, monitor, version, definition_hash as "definitionHash", practice, enrolments, unknown,
        unchanged, changes
      from monitor_report where monitor = $1 and definition_hash = $2 and (practice is null or practice = $3)
      order by id desc limit 1`,
    values: [monitor, definitionHash, practice],
  })
  return rows[0] ?? null
}

/** Who moved whom to which version of a monitor, and why. */
export interface MonitorMove {
  readonly monitor: string
  readonly version: string
  readonly practice: string | null
  readonly fromVersions: readonly string[]
  readonly moved: number
  readonly actor: string
  readonly confirmedBy: string | null
  readonly why: string
  readonly report: number | null
}

export async function insertMonitorMove(tx: Queryable, move: MonitorMove): Promise<void> {
  const { monitor, version, practice, fromVersions, moved, actor, confirmedBy, why, report } = move
  await tx.query({
    text: `insert into monitor_move (monitor, version, practice, from_versions, moved, actor, confirmed_by, why, report)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [monitor, version, practice, fromVersions, moved, actor, confirmedBy, why, report],
  })
}

export type StoredMonitorMove = MonitorMove & { readonly id: number; readonly at: Date }

/** The last move of a monitor that was about a practice too, or (null) about anybody; null when nobody was moved. */
export async function lastMonitorMove(
  db: Queryable,
  monitor: string,
  practice: string | null,
): Promise<StoredMonitorMove | null> {
  const { rows } = await db.query<StoredMonitorMove>({
    text: `select id, at, monitor, version, practice, from_versions as "fromVersions", moved, actor,
        confirmed_by as "confirmedBy", why, report
      from monitor_move where monitor = $1 and ($2::text is null or practice is null or practice = $2)
      order by id desc limit 1`,
    values: [monitor, practice],
  })
  return rows[0] ?? null
}

/** The versions those on a monitor are on, of one practice or of all. */
export async function versionsEnrolled(db: Queryable, monitor: string, practice: string | null): Promise<string[]> {
  const { rows } = await db.query<{ version: string }>({
    text: `select distinct version from enrolment where monitor = $1 and ($2::text is null or practice = $2) order by 1`,
    values: [monitor, practice],
  })
  return rows.map(({ version }) => version)
}

/** One at a time moves those on a monitor, so that what a report says still holds when they are. */
export async function holdMonitor(tx: Queryable, monitor: string): Promise<void> {
  await tx.query({
    text: `select pg_advisory_xact_lock(hashtextextended('monitor move ' || $1, 0))`,
    values: [monitor],
  })
}
