import type { Queryable } from './connect.ts'

/** When stored records are checked again by the version of a pack that counts; hours and minutes of Europe/Brussels. */
export interface CheckSchedule {
  readonly pack: string
  /** `02:30`. */
  readonly at: string
  readonly actor: string
  readonly why: string
}

export async function checkSchedules(db: Queryable): Promise<CheckSchedule[]> {
  const { rows } = await db.query<CheckSchedule>({
    text: `select pack, to_char(at_time, 'HH24:MI') as at, actor, why from check_schedule order by pack`,
  })
  return rows
}

/** Sets when a pack checks again; `keep` leaves one that is there. */
export async function setCheckSchedule(db: Queryable, schedule: CheckSchedule, keep: boolean): Promise<void> {
  await db.query({
    text: `insert into check_schedule (pack, at_time, actor, why) values ($1, $2::time, $3, $4)
      on conflict (pack) do update set at_time = case when $5 then check_schedule.at_time else excluded.at_time end,
        actor = case when $5 then check_schedule.actor else excluded.actor end,
        why = case when $5 then check_schedule.why else excluded.why end,
        changed_at = case when $5 then check_schedule.changed_at else now() end`,
    values: [schedule.pack, schedule.at, schedule.actor, schedule.why, keep],
  })
}

/** Ends the regular checks of a pack; false when there were none. */
export async function endCheckSchedule(db: Queryable, pack: string): Promise<boolean> {
  const { rowCount } = await db.query({ text: 'delete from check_schedule where pack = $1', values: [pack] })
  return rowCount === 1
}

const checksLock = 7_301_021

/** One node after the other begins what is due: the second sees what the first began. */
export async function holdChecks(tx: Queryable): Promise<void> {
  await tx.query({ text: 'select pg_advisory_xact_lock($1)', values: [checksLock] })
}

/** Packs whose time of today has come and that have no regular report since. */
export async function dueChecks(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ pack: string }>({
    text: `select c.pack from check_schedule c,
        lateral (select ((now() at time zone 'Europe/Brussels')::date + c.at_time) at time zone 'Europe/Brussels' as due) d
      where d.due <= now() and d.due > c.changed_at and not exists (select from impact_report r
        where r.pack = c.pack and r.purpose = 'regular' and (r.at >= d.due or r.state = 'running'))`,
  })
  return rows.map((row) => row.pack)
}
