import type { Queryable } from './connect.ts'
import { withheldNow } from './visibility.ts'

export interface OldestOwed {
  readonly destination: string
  readonly service: string
  readonly formKind: string
  readonly owedAt: Date
}

/**
 * The oldest delivery of each form kind that could be sent or asked after, of each destination; one that waits for another, or that a rule or a
 * person withholds, is not its fault. Of those some version withholds the 1,000 due first are looked at.
 */
export async function oldestOwed(db: Queryable): Promise<OldestOwed[]> {
  const { rows } = await db.query<OldestOwed>({
    name: 'oldest-owed',
    text: `select destination, service, form_kind as "formKind", min(owed_at) as "owedAt" from (
        select destination, service, form_kind, owed_at from delivery where state in ('waiting', 'unknown', 'pending') and not held
        union all
        select h.destination, h.service, h.form_kind, h.owed_at from (select * from delivery
          where held and state in ('waiting', 'unknown', 'pending') order by destination, due_at, id limit 1000) h
        where not ${withheldNow('h')}) d group by 1, 2, 3`,
  })
  return rows
}

export interface StuckSteps {
  readonly stage: string
  readonly service: string
  readonly count: number
  readonly attempts: number
  readonly code: string | null
}

/** Work that nobody does (due for so many seconds) or that fails again and again (so many attempts). */
export async function stuckSteps(db: Queryable, seconds: number, attempts: number): Promise<StuckSteps[]> {
  const { rows } = await db.query<StuckSteps>({
    name: 'stuck-steps',
    text: `select stage, service, count(*) as count, max(attempts)::int as attempts, min(last_code) as code from step
      where due_at < now() - make_interval(secs => $1) or attempts >= $2::int group by 1, 2 order by 1, 2`,
    values: [seconds, attempts],
  })
  return rows
}
