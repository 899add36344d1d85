import type { Queryable } from './connect.ts'

/** What a pause covers; null means any. */
export interface PauseScope {
  readonly what: 'delivery' | 'intake'
  readonly destination: string | null
  readonly service: string | null
  readonly formKind: string | null
}

export interface Pause extends PauseScope {
  readonly id: number
  readonly reason: string
  readonly owner: string
  readonly since: Date
}

const columns = `id, what, destination, service, form_kind as "formKind", reason, owner, since`

/** Starts a pause; one that runs for the same scope already is returned as it is. */
export async function insertPause(db: Queryable, scope: PauseScope, reason: string, owner: string): Promise<Pause> {
  const values = [scope.what, scope.destination, scope.service, scope.formKind, reason, owner]
  const { rows } = await db.query<Pause>({
    text: `with running as (
        select * from pause where ended_at is null and what = $1 and destination is not distinct from $2
          and service is not distinct from $3 and form_kind is not distinct from $4 limit 1
      ), made as (
        insert into pause (what, destination, service, form_kind, reason, owner)
        select $1, $2, $3, $4, $5, $6 where not exists (select from running) returning *
      )
      select ${columns} from (select * from running union all select * from made) p`,
    values,
  })
  return rows[0]!
}

/** Ends a pause; false when it was over already. */
export async function endPause(db: Queryable, id: number, reason: string, owner: string): Promise<boolean> {
  const { rows } = await db.query<{ id: number }>({
    text: `update pause set ended_at = now(), ended_by = $3, ended_reason = $2 where id = $1 and ended_at is null
      returning id`,
    values: [id, reason, owner],
  })
  return rows.length > 0
}

/** Whether there is or was a pause of this number. */
export async function pauseExists(db: Queryable, id: number): Promise<boolean> {
  const { rows } = await db.query({ text: 'select from pause where id = $1', values: [id] })
  return rows.length > 0
}

export async function runningPauses(db: Queryable): Promise<Pause[]> {
  const { rows } = await db.query<Pause>({
    name: 'running-pauses',
    text: `select ${columns} from pause where ended_at is null order by since`,
  })
  return rows
}

/** What a pause covers of one destination; null means any. */
export type LanePause = Pick<PauseScope, 'service' | 'formKind'>

/** What is paused now of a destination. */
export async function pausesAt(db: Queryable, destination: string): Promise<LanePause[]> {
  const { rows } = await db.query<LanePause>({
    name: 'pauses-at',
    text: `select service, form_kind as "formKind" from pause
      where ended_at is null and what = 'delivery' and (destination is null or destination = $1)`,
    values: [destination],
  })
  return rows
}

/** Where a delivery belongs, as far as pauses look. */
export interface Paused {
  readonly destination: string
  readonly service: string
  readonly formKind: string
}

/**
 * The pauses that hold such deliveries, oldest first: of their destination, their service, their form kind or of all.
 *
 * @example pausesOver(pauses, { destination: 'sciensano', service: 'eforms', formKind: 'rapid-test' })
 */
export function pausesOver<P extends PauseScope>(pauses: readonly P[], at: Paused): P[] {
  const covers = (given: string | null, own: string): boolean => given === null || given === own
  return pauses.filter(
    ({ what, destination, service, formKind }) =>
      what === 'delivery' &&
      covers(destination, at.destination) &&
      covers(service, at.service) &&
      covers(formKind, at.formKind),
  )
}
