import type { Queryable } from './connect.ts'

export interface UsedControlId {
  readonly senderId: number
  /** The laboratory, as the message names it. */
  readonly source: string
  readonly control: string
  readonly message: number
  readonly receivedAt: Date
}

export interface FirstUse {
  readonly message: number
  /** Receipt and time of the message that had the control id first; no receipt when that message went just now. */
  readonly first: string | null
  readonly firstAt: Date
}

/**
 * Notes the control ids of messages, and gives the first use of those that another message had before: the one that was read
 * first, of one batch the first of it. To be called by one transaction at a time for each sender.
 */
export async function noteControlIds(tx: Queryable, used: readonly UsedControlId[]): Promise<FirstUse[]> {
  if (used.length === 0) return []
  const values = [
    used.map((one) => one.senderId),
    used.map((one) => one.source),
    used.map((one) => one.control),
    used.map((one) => one.message),
    used.map((one) => one.receivedAt.toISOString()),
  ]
  await tx.query({
    name: 'note-control-ids',
    text: `insert into control_id (sender_id, source, control, message, received_at)
      select distinct on (sender_id, source, control) sender_id, source, control, message, received_at
      from unnest($1::int[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
        with ordinality as u(sender_id, source, control, message, received_at, place)
      order by sender_id, source, control, place
      on conflict do nothing`,
    values,
  })
  // A statement of its own: what the one before inserted is invisible to itself.
  const { rows } = await tx.query<FirstUse>({
    name: 'first-uses',
    text: `select u.message, m.receipt as first, c.received_at as "firstAt"
      from unnest($1::int[], $2::text[], $3::text[], $4::bigint[]) as u(sender_id, source, control, message)
      join control_id c using (sender_id, source, control)
      left join message m on m.service = 'lab' and m.id = c.message and m.received_at = c.received_at
      where c.message <> u.message`,
    values: values.slice(0, 4),
  })
  return rows
}
