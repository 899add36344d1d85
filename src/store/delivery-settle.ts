import { byteArray, nullableTextArray, plainArray } from './arrays.ts'
import type { Queryable } from './connect.ts'
import type { DeliveryState } from './deliveries.ts'

/** What is to be written down of one answer. Only the holder of `lease` may write. */
export interface Settlement {
  readonly id: number
  readonly lease: string
  readonly state: Exclude<DeliveryState, 'blocked'>
  readonly code: string | null
  /** The words of the destination when it refuses. */
  readonly text: string | null
  readonly reference: string | null
  /** Milliseconds until it is due again, for a state that is not an end. */
  readonly delayMs: number
  /** Milliseconds in which what was sent may still be done; nobody asks before, whatever makes it due. 0 for no such time. */
  readonly restMs: number
  /** Hash of the body that was sent; null when nothing was sent this time. */
  readonly sha256: Buffer | null
  /** Whether this was a try that counts for the backoff. */
  readonly tried: boolean
  /** Whether it is worth an entry: an end always, a failure when it is another than last time. */
  readonly noted: boolean
}

/** What a batch of answers led to. */
export interface Settled {
  /** Answers that were not written: their leases are no longer ours, their new holders will settle them. */
  readonly lost: readonly number[]
  /** Followers that may go now, also to other destinations. */
  readonly freed: number
}

export const ends = `('acknowledged', 'refused', 'withdrawn')`

/**
 * What follows from rows that just changed (`settled`): entries, followers freed or withdrawn, the rate. Shared by the
 * settling of leases and by late acknowledgements. `$node` is the name of the node.
 */
export const consequences = (node: string): string => `
freed as (
  update delivery f set
    state = case s.state when 'acknowledged' then 'waiting' else 'withdrawn' end,
    last_code = case s.state when 'acknowledged' then null else 'predecessor-refused' end,
    settled_at = case s.state when 'acknowledged' then null else now() end
  from settled s
  where f.after = s.id and (s.state in ('refused', 'withdrawn') and f.state = 'blocked'
    or s.state = 'acknowledged' and (f.state = 'blocked' or f.state = 'withdrawn' and f.last_code = 'predecessor-refused'
      and not (f.purpose = 'certificate' and exists (select from replacement p where p.record = f.record))))
  returning f.id, f.service, f.message, f.received_at, f.record, f.sender_id, f.destination, f.purpose, f.state
), told as (
  insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, tell, detail)
  select service, message, received_at, record, id, sender_id,
    case state when 'waiting' then 'failed' when 'refused' then 'refused-by-destination' else state end,
    case when state in ('acknowledged', 'refused', 'pending') then 'destination:' || destination else 'hub:' || ${node} end,
    state = 'refused',
    case state when 'acknowledged'
      then jsonb_build_object('destination', destination, 'purpose', purpose, 'reference', reference)
      else jsonb_build_object('destination', destination, 'purpose', purpose, 'code', code, 'text', told_text) end
  from settled where noted
  union all
  select service, message, received_at, record, id, sender_id, 'withdrawn', 'hub:' || ${node}, false,
    jsonb_build_object('destination', destination, 'purpose', purpose, 'code', 'predecessor-refused')
  from freed where state = 'withdrawn'
  union all
  -- Its sender was told that the record passes, and would wait for the certificate; who replaced it knows.
  select service, message, received_at, record, id, sender_id, 'not-certified', 'hub:' || ${node}, true,
    jsonb_build_object('destination', destination, 'purpose', purpose, 'code', code)
  from settled where noted and state = 'withdrawn' and purpose = 'certificate' and code <> 'replaced'
), counted as (
  insert into delivery_rate as r (destination, form_kind, at, node, acknowledged, refused, failed)
  select destination, form_kind, date_bin('10 seconds', now(), timestamptz '2020-01-01'), ${node},
    count(*) filter (where state = 'acknowledged'), count(*) filter (where state = 'refused'),
    count(*) filter (where state in ('waiting', 'unknown'))
  from settled group by 1, 2 order by 1, 2
  on conflict (destination, at, form_kind, node) do update set acknowledged = r.acknowledged + excluded.acknowledged,
    refused = r.refused + excluded.refused, failed = r.failed + excluded.failed
)`

const settleText = `
with answer as materialized (
  select id, lease, coalesce(state, 'acknowledged') as state, code, told_text, reference, coalesce(delay, 0) as delay,
    nullif(rest, 0) as rest, sha256,
    coalesce(tried, true) as tried, coalesce(noted, true) as noted
  from unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::bytea[],
    $9::boolean[], $10::boolean[], $12::int[])
  as a(id, lease, state, code, told_text, reference, delay, sha256, tried, noted, rest)
), settled as (
  update delivery d set state = a.state, last_code = a.code, reference = coalesce(a.reference, d.reference),
    due_at = case when a.state in ${ends} then d.due_at else now() + a.delay * interval '1 millisecond' end,
    not_before = now() + a.rest * interval '1 millisecond',
    attempts = d.attempts + a.tried::int,
    body_sha256 = coalesce(a.sha256, d.body_sha256),
    sent_at = case when a.sha256 is null then d.sent_at else now() end,
    settled_at = case when a.state in ${ends} then coalesce(d.settled_at, now()) else d.settled_at end,
    lease = null, leased_until = null, leased_by = null
  from answer a where d.id = a.id and d.lease = a.lease and d.state not in ${ends}
  returning d.id, d.service, d.form_kind, d.purpose, d.sender_id, d.message, d.record, d.received_at, d.destination,
    d.reference, d.state, a.code, a.told_text, a.noted
), ${consequences('$11::text')}
select array_to_json(array(select id from answer except select id from settled)) as lost,
  (select count(*) from freed where state = 'waiting') as freed`

/**
 * Writes a batch of answers with entries, freed followers and rates in one statement. An answer whose lease is no longer
 * ours is left to its new holder. Says only what is out of the ordinary: reading 500 rows back cost as much as asking.
 */
export async function settleDeliveries(db: Queryable, answers: readonly Settlement[], node: string): Promise<Settled> {
  const { rows } = await db.query<{ lost: number[]; freed: number }>({
    name: 'settle-deliveries',
    text: settleText,
    values: [
      plainArray(answers.map((answer) => answer.id)),
      plainArray(answers.map((answer) => answer.lease)),
      unlessAll(
        'acknowledged',
        answers.map((answer) => answer.state),
        plainArray,
      ),
      unlessAll(
        null,
        answers.map((answer) => answer.code),
        nullableTextArray,
      ),
      unlessAll(
        null,
        answers.map((answer) => answer.text),
        nullableTextArray,
      ),
      nullableTextArray(answers.map((answer) => answer.reference)),
      unlessAll(
        0,
        answers.map((answer) => answer.delayMs),
        plainArray,
      ),
      byteArray(answers.map((answer) => answer.sha256)),
      unlessAll(
        true,
        answers.map((answer) => answer.tried),
        plainArray,
      ),
      unlessAll(
        true,
        answers.map((answer) => answer.noted),
        plainArray,
      ),
      node,
      unlessAll(
        0,
        answers.map((answer) => answer.restMs),
        plainArray,
      ),
    ],
  })
  return rows[0]!
}

/** Nothing for a column in which all is as usual: `unnest` fills it up with null, and reading it cost as much as the rest. */
function unlessAll<T>(usual: T, values: readonly T[], array: (values: readonly T[]) => string): string {
  return values.every((value) => value === usual) ? '{}' : array(values)
}
