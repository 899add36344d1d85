import type { Service } from '../formats/record.ts'
import type { Queryable } from './connect.ts'

export interface WrappedKey {
  readonly id: number
  readonly service: Service
  readonly period: string
  readonly wrapped: Buffer
}

/**
 * The wrapped data key of a service and period; keeps `wrapped` when there was none. The first writer wins. Null when the
 * period is closed: its key is destroyed or about to be.
 */
export async function ensureDataKey(
  db: Queryable,
  service: Service,
  period: string,
  wrapped: Buffer,
): Promise<WrappedKey | null> {
  const open = 'not exists (select from closed_period c where c.service = $1 and c.period = $2)'
  await db.query({
    text: `insert into data_key (service, period, wrapped) select $1, $2, $3 where ${open}
      on conflict (service, period) do nothing`,
    values: [service, period, wrapped],
  })
  const { rows } = await db.query<WrappedKey>({
    text: `select id, service, period, wrapped from data_key where service = $1 and period = $2 and ${open}`,
    values: [service, period],
  })
  return rows[0] ?? null
}

/** One wrapped data key by its number; null when its partition was dropped and the key destroyed. */
export async function findDataKey(db: Queryable, id: number): Promise<WrappedKey | null> {
  const { rows } = await db.query<WrappedKey>({
    text: 'select id, service, period, wrapped from data_key where id = $1',
    values: [id],
  })
  return rows[0] ?? null
}

/** The oldest and the newest data key of every service: enough to see whether the master key fits. */
export async function sampleDataKeys(db: Queryable): Promise<WrappedKey[]> {
  const { rows } = await db.query<WrappedKey>({
    text: `select id, service, period, wrapped from data_key
      where id in (select min(id) from data_key group by service union select max(id) from data_key group by service)
      order by id`,
  })
  return rows
}
