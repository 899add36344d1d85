import type { Queryable } from './connect.ts'
import { consequences } from './delivery-settle.ts'

/** What a destination says of a delivery on its own account. */
export interface SaidOutcome {
  readonly destination: string
  readonly uid: string
  readonly state: 'acknowledged' | 'refused'
  readonly reference: string | null
  /** Lower-case hex; of the body they took. */
  readonly sha256: string | null
  readonly code: string | null
  readonly text: string | null
}

/**
 * Settles a delivery by a word that came by itself: only the destination's own, only with the hash of what was sent, and
 * only when no answer is awaited just now. True when it settled.
 */
export async function settleByCallback(db: Queryable, said: SaidOutcome, node: string): Promise<boolean> {
  const { rows } = await db.query<{ id: number }>({
    name: 'settle-by-callback',
    text: `with settled as (
        update delivery d set state = $3::text, reference = coalesce($4::text, d.reference), last_code = $6::text,
          settled_at = coalesce(d.settled_at, now()), lease = null, leased_until = null, leased_by = null
        where d.id = (select delivery from delivery_key where uid = $2::uuid) and d.destination = $1
          and d.state in ('waiting', 'unknown', 'pending')
          and (d.leased_until is null or d.leased_until < now()) and d.body_sha256 is not null
          and ($3::text = 'refused' or d.body_sha256 = decode($5::text, 'hex') and d.purpose <> 'certificate')
        returning d.id, d.uid, d.service, d.form_kind, d.purpose, d.sender_id, d.message, d.record, d.received_at,
          d.destination, d.reference, d.state, $6::text as code, $7::text as told_text, true as noted
      ), ${consequences('$8::text')}
      select id from settled`,
    values: [said.destination, said.uid, said.state, said.reference, said.sha256, said.code, said.text, node],
  })
  return rows.length > 0
}

/** What we know of a delivery that a word came for. */
export interface Pointed {
  readonly id: number
  readonly destination: string
  readonly state: string
  readonly sameBytes: boolean
}

export async function findPointed(db: Queryable, said: SaidOutcome): Promise<Pointed | null> {
  const { rows } = await db.query<Pointed>({
    name: 'find-pointed',
    text: `select id, destination, state, coalesce(body_sha256 = decode($2::text, 'hex'), false) as "sameBytes"
      from delivery where id = (select delivery from delivery_key where uid = $1)`,
    values: [said.uid, said.sha256],
  })
  return rows[0] ?? null
}

/** A word that cannot settle yet is a reason to ask as soon as one may. */
export async function askSoon(db: Queryable, id: number): Promise<void> {
  await db.query({
    name: 'ask-soon',
    text: `update delivery set due_at = greatest(now(), not_before) where id = $1 and state in ('unknown', 'pending')
      and due_at > greatest(now(), not_before)
      and (leased_until is null or leased_until < now())`,
    values: [id],
  })
}

/** Writes down a word that fits nothing; on the delivery it contradicts, or on none (message 0). */
export async function noteUnmatched(
  db: Queryable,
  said: SaidOutcome,
  why: string,
  delivery: number | null,
  service: string,
): Promise<void> {
  await db.query({
    name: 'note-unmatched',
    text: `insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, detail)
      select coalesce(d.service, $5), coalesce(d.message, 0), coalesce(d.received_at, now()), d.record, d.id,
        coalesce(d.sender_id, 0), 'unmatched-acknowledgement', 'destination:' || $2::text,
        jsonb_build_object('destination', $2::text, 'deliveryId', $3::text, 'state', $4::text, 'why', $6::text)
      from (select) none left join delivery d on d.id = $1::bigint`,
    values: [delivery, said.destination, said.uid, said.state, service, why],
  })
}
