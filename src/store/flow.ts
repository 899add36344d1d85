import type { Queryable } from './connect.ts'

/** How much came in for something in the last minute. */
export interface Arrived {
  readonly name: string
  readonly count: number
}

/**
 * Deliveries that became owed in the last minute, by destination, whenever their messages were received. The block-range
 * index keeps it to the newest pages.
 */
export async function owedLately(db: Queryable): Promise<Arrived[]> {
  const { rows } = await db.query<Arrived>({
    name: 'owed-lately',
    text: `select destination as name, count(*) as count from delivery
      where owed_at > now() - interval '1 minute' group by 1`,
  })
  return rows
}

/** Messages of the last minute by the kind of their sender. */
export async function messagesLately(db: Queryable): Promise<Arrived[]> {
  const { rows } = await db.query<Arrived>({
    name: 'messages-lately',
    text: `select s.kind as name, coalesce(sum(m.count), 0)::int8 as count from sender s
      left join (select sender_id, count(*) as count from message where received_at > now() - interval '1 minute'
        group by 1) m on m.sender_id = s.id
      where s.ended_at is null group by 1 order by 1`,
  })
  return rows
}

/** The receipt of an open delivery of a destination that was received at a moment. */
export async function receiptWaiting(db: Queryable, destination: string, receivedAt: Date): Promise<string | null> {
  const { rows } = await db.query<{ receipt: string }>({
    name: 'receipt-waiting',
    text: `select receipt from delivery where destination = $1 and received_at = $2
      and state in ('blocked', 'waiting', 'unknown', 'pending') limit 1`,
    values: [destination, receivedAt],
  })
  return rows[0]?.receipt ?? null
}

export interface FlowMinute {
  readonly at: Date
  readonly destination: string
  readonly waiting: number
  readonly owed: number
  readonly answered: number
}

/** Writes the minute down once, whoever does it, and forgets what is older than eight days. */
export async function noteFlow(db: Queryable, lines: readonly Omit<FlowMinute, 'at'>[]): Promise<void> {
  await db.query({
    text: `with old as (delete from flow_minute where at < now() - interval '8 days')
      insert into flow_minute (at, destination, waiting, owed, answered)
      select date_trunc('minute', now()), * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
      on conflict do nothing`,
    values: [
      lines.map((line) => line.destination),
      lines.map((line) => line.waiting),
      lines.map((line) => line.owed),
      lines.map((line) => line.answered),
    ],
  })
}

/** The course of one destination's backlog, or of all when it is null, oldest first. */
export async function flowSince(db: Queryable, destination: string | null, since: Date): Promise<FlowMinute[]> {
  const { rows } = await db.query<FlowMinute>({
    name: 'flow-since',
    text: `select at, destination, waiting, owed, answered from flow_minute
      where ($1::text is null or destination = $1) and at >= $2 order by at`,
    values: [destination, since],
  })
  return rows
}

/** Who waits for a destination: the senders with most waiting. */
export async function waitingBySender(
  db: Queryable,
  destination: string,
): Promise<{ id: number; name: string; waiting: number; oldest: Date }[]> {
  const { rows } = await db.query<{ id: number; name: string; waiting: number; oldest: Date }>({
    name: 'waiting-by-sender',
    text: `select d.sender_id as id, coalesce(s.name, '') as name, d.waiting, d.oldest from (
        select sender_id, count(*) as waiting, min(received_at) as oldest from delivery
        where destination = $1 and state in ('blocked', 'waiting', 'unknown', 'pending') group by 1) d
      left join sender s on s.id = d.sender_id order by waiting desc, oldest`,
    values: [destination],
  })
  return rows
}

/** How much waits for a destination by age: under a minute, ten minutes, an hour, a day, and older. */
export async function waitingByAge(db: Queryable, destination: string): Promise<number[]> {
  const { rows } = await db.query<{ step: number; count: number }>({
    name: 'waiting-by-age',
    text: `select width_bucket(extract(epoch from now() - received_at)::float8, array[60, 600, 3600, 86400]::float8[]) as step,
        count(*) as count
      from delivery where destination = $1 and state in ('blocked', 'waiting', 'unknown', 'pending') group by 1`,
    values: [destination],
  })
  return [0, 1, 2, 3, 4].map((step) => rows.find((row) => row.step === step)?.count ?? 0)
}

/** What still has to be read, by service and form kind as far as that is known before reading: the service. */
export async function waitingToRead(db: Queryable, service: string): Promise<{ count: number; oldest: Date | null }> {
  const { rows } = await db.query<{ count: number; oldest: Date | null }>({
    name: 'waiting-to-read',
    text: `select count(*) as count, min(received_at) as oldest from step where stage = 'read' and service = $1`,
    values: [service],
  })
  return rows[0]!
}
