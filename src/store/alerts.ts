import type { Queryable } from './connect.ts'

export type AlertKind =
  | 'node-silent'
  | 'role-uncarried'
  | 'kept-for-node'
  | 'database-away'
  | 'spool-in-use'
  | 'spool-aside'
  | 'books-differ'
  | 'spooled-missing'
  | 'destination-late'
  | 'breaker-open'
  | 'steps-stuck'
  | 'probe-failed'
  | 'pack-demoted'
  | 'pack-withholds'
  | 'pack-proof-fails'
  | 'rule-barred'
  | 'feed-disturbed'
  | 'paused-late'
  | 'emergency-access'
  | 'refusals-unusual'

/** One thing the hub noticed about itself, from noticing to being over. */
export interface AlertRow {
  readonly id: number
  readonly kind: AlertKind
  readonly scope: string
  readonly since: Date
  readonly endedAt: Date | null
  readonly detail: Readonly<Record<string, unknown>>
}

/** What is the case now, of the given kinds: begins, keeps or ends alerts. Returns those that began or ended. */
export async function setAlerts(
  db: Queryable,
  kinds: readonly AlertKind[],
  now: readonly { kind: AlertKind; scope: string; detail: Readonly<Record<string, unknown>> }[],
): Promise<{ began: AlertRow[]; ended: AlertRow[] }> {
  const columns = 'id, kind, scope, since, ended_at as "endedAt", detail'
  const { rows: began } = await db.query<AlertRow & { fresh: boolean }>({
    name: 'begin-alerts',
    text: `insert into alert (kind, scope, detail)
      select * from unnest($1::text[], $2::text[], $3::jsonb[])
      on conflict (kind, scope) where ended_at is null do update set seen_at = now(), detail = excluded.detail
      returning ${columns}, (xmax = 0) as fresh`,
    values: [now.map((a) => a.kind), now.map((a) => a.scope), now.map((a) => JSON.stringify(a.detail))],
  })
  const { rows: ended } = await db.query<AlertRow>({
    name: 'end-alerts',
    text: `update alert set ended_at = now() where ended_at is null and kind = any($1)
      and not (kind || ' ' || scope = any($2)) returning ${columns}`,
    values: [kinds, now.map((a) => `${a.kind} ${a.scope}`)],
  })
  return { began: began.filter((row) => row.fresh), ended }
}

/** Alerts that run now, oldest first. */
export async function runningAlerts(db: Queryable): Promise<AlertRow[]> {
  const { rows } = await db.query<AlertRow>({
    name: 'running-alerts',
    text: `select id, kind, scope, since, ended_at as "endedAt", detail from alert where ended_at is null order by since`,
  })
  return rows
}

const watchLock = 7_301_004

/**
 * Makes this transaction the only one that takes this look; false when another node does. The look is made on another
 * connection: only after `patience` milliseconds of it the server takes this node for lost and lets another one watch.
 */
export async function becomeWatcher(tx: Queryable, look: string, patience: number): Promise<boolean> {
  const { rows } = await tx.query<{ mine: boolean }>({
    text: `select pg_try_advisory_xact_lock($1, hashtext($2)) as mine,
      set_config('idle_in_transaction_session_timeout', $3, true)`,
    values: [watchLock, look, String(patience)],
  })
  return rows[0]!.mine
}
