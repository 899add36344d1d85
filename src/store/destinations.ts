import { unhurried, type Queryable } from './connect.ts'

export type BreakerState = 'closed' | 'open' | 'trying'

/** What every node must know about a destination before it takes work for it. */
export interface Gate {
  readonly breaker: BreakerState
  /** The breaker's time is over: a trial may start. */
  readonly trialDue: boolean
  /** Deliveries a second while it recovers; 0 at full speed. */
  readonly pace: number
  readonly pauses: readonly { readonly service: string | null; readonly formKind: string | null }[]
}

/** Reads the gate of a destination; makes its row when it is new. */
export async function readGate(db: Queryable, destination: string): Promise<Gate> {
  const { rows } = await db.query<Gate>({
    name: 'read-gate',
    text: `select s.breaker, s.breaker <> 'closed' and s.breaker_until <= now() as "trialDue", s.pace,
        coalesce((select json_agg(json_build_object('service', p.service, 'formKind', p.form_kind)) from pause p
          where p.ended_at is null and p.what = 'delivery' and (p.destination is null or p.destination = s.destination)),
          '[]') as pauses
      from destination_state s where s.destination = $1`,
    values: [destination],
  })
  if (rows[0] !== undefined) return rows[0]
  await db.query({
    text: 'insert into destination_state (destination) values ($1) on conflict do nothing',
    values: [destination],
  })
  return readGate(db, destination)
}

export interface Pace {
  /** Never faster than this; null for no limit. */
  readonly maxPerSecond: number | null
  /** Growth of the pace per second while it recovers, e.g. 1.3. */
  readonly growth: number
  /** At this pace the recovery is over. */
  readonly topPerSecond: number
}

/**
 * Takes up to `wanted` permits from the bucket that all nodes share, and gives `unused` ones of an earlier call back.
 * The bucket holds at most one second's worth. Returns how many were granted.
 */
export async function takePermits(
  db: Queryable,
  destination: string,
  pace: Pace,
  wanted: number,
  unused: number,
): Promise<number> {
  const { rows } = await db.query<{ granted: number }>({
    name: 'take-permits',
    text: `with seen as (
        select *, greatest(0, extract(epoch from clock_timestamp() - refilled_at))::float8 as elapsed
        from destination_state where destination = $1 for update
      ), grown as (
        select *, case when pace = 0 then 0 when pace * $3::float8 ^ least(elapsed, 60) >= $4::float8 then 0
          else pace * $3::float8 ^ least(elapsed, 60) end as next_pace from seen
      ), rated as (
        select *, case when next_pace = 0 then $2::float8 else least(next_pace, coalesce($2::float8, next_pace)) end as rate
        from grown
      ), filled as (
        select *, least(greatest(rate, 1), tokens + $6::float8 + elapsed * rate) as full_tokens from rated
      ), granted as (
        select *, case when rate is null then $5::int else floor(least($5::int, greatest(full_tokens, 0)))::int end as granted
        from filled
      )
      update destination_state s set pace = g.next_pace, refilled_at = clock_timestamp(),
        tokens = case when g.rate is null then 0 else g.full_tokens - g.granted end,
        opened_count = case when g.next_pace = 0 and s.breaker = 'closed' then 0 else s.opened_count end
      from granted g where s.destination = g.destination returning g.granted`,
    values: [destination, pace.maxPerSecond, pace.growth, pace.topPerSecond, wanted, unused],
  })
  return rows[0]?.granted ?? 0
}

/** Takes the trial of an open breaker for this node; false when another node has it. It lapses by itself. */
export async function startTrial(db: Queryable, destination: string, lapseMs: number): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `update destination_state set breaker = 'trying', trials = case breaker when 'open' then 0 else trials end,
        breaker_until = now() + $2::int * interval '1 millisecond'
      where destination = $1 and breaker in ('open', 'trying') and breaker_until <= now()`,
    values: [destination, lapseMs],
  })
  return rowCount === 1
}

/** A trial that found nothing to send is given back. */
export async function giveTrialBack(db: Queryable, destination: string): Promise<void> {
  await db.query({
    text: `update destination_state set breaker_until = now() where destination = $1 and breaker = 'trying'`,
    values: [destination],
  })
}

export interface Breaking {
  /** Opens after this many failures in a row. */
  readonly failures: number
  readonly openMs: number
  /** Successes of a trial that close it. */
  readonly trial: number
  /** Pace to begin with when it closes. */
  readonly startPerSecond: number
}

/** What a batch of answers says about the destination itself. */
export interface Health {
  readonly succeeded: number
  readonly failed: number
  readonly code: string | null
  /** The destination asked for this much rest; 0 when it did not. */
  readonly restMs: number
}

const jitter = '(0.8 + random() * 0.4)'

// Failures in a row, over all nodes: one success between them ends the row. Open times double up to 32-fold. A trial that
// went well but was too small to prove anything may be followed by the next one at once.
const noteText = `
with seen as (select * from destination_state where destination = $1 for update
), judged as (
  select destination, case
    when breaker = 'closed' and $2::int = 0 and failures + $3::int >= $6::int then 'open'
    when breaker = 'closed' and $2::int = 0 and $5::int > 0 then 'open'
    when breaker = 'trying' and $3::int > 0 then 'open'
    when breaker = 'trying' and trials + $2::int >= $8::int then 'closed'
    else breaker end as next
  from seen
)
update destination_state s set
  breaker = j.next,
  breaker_until = case when j.next = 'open' and s.breaker <> 'open' then now() + interval '1 millisecond' *
    greatest($5::int, $7::int * 2 ^ least(s.opened_count, 5) * ${jitter})
    when j.next = 'trying' and $2::int > 0 then now() else s.breaker_until end,
  opened_count = s.opened_count + (j.next = 'open' and s.breaker <> 'open')::int,
  failures = case when j.next = 'closed' and $2::int > 0 then 0 else s.failures + $3::int end,
  trials = case when j.next = 'trying' then s.trials + $2::int else 0 end,
  pace = case when s.breaker = 'trying' and j.next = 'closed' then $9::float8 else s.pace end,
  tokens = case when s.breaker = 'trying' and j.next = 'closed' then 0 else s.tokens end,
  refilled_at = case when s.breaker = 'trying' and j.next = 'closed' then clock_timestamp() else s.refilled_at end,
  last_success_at = case when $2::int > 0 then now() else s.last_success_at end,
  last_failure_at = case when $3::int > 0 then now() else s.last_failure_at end,
  last_code = case when $3::int > 0 then $4::text else s.last_code end
from judged j, seen o where s.destination = j.destination returning s.breaker, o.breaker as before`

/** Writes health down and moves the breaker. Returns its state before and after. */
export async function noteHealth(
  db: Queryable,
  destination: string,
  breaking: Breaking,
  health: Health,
): Promise<{ breaker: BreakerState; before: BreakerState }> {
  const { rows } = await db.query<{ breaker: BreakerState; before: BreakerState }>({
    name: 'note-health',
    text: noteText,
    values: [
      destination,
      health.succeeded,
      health.failed,
      health.code,
      health.restMs,
      breaking.failures,
      breaking.openMs,
      breaking.trial,
      breaking.startPerSecond,
    ],
  })
  return rows[0] ?? { breaker: 'closed', before: 'closed' }
}

/**
 * After an outage what had been put off is due again at once, but for what may still be on its way; the pace keeps it from
 * coming all together.
 */
export async function dueAgain(db: Queryable, destination: string): Promise<void> {
  await db.query({
    ...unhurried,
    text: `update delivery set due_at = greatest(received_at, not_before) where destination = $1 and state in ('waiting', 'unknown')
      and due_at > now() and (leased_until is null or leased_until < now())`,
    values: [destination],
  })
}

export interface DestinationView {
  readonly destination: string
  readonly breaker: BreakerState
  readonly breakerUntil: Date | null
  readonly failures: number
  readonly pace: number
  readonly lastSuccessAt: Date | null
  readonly lastFailureAt: Date | null
  readonly lastCode: string | null
}

export async function destinationStates(db: Queryable): Promise<DestinationView[]> {
  const { rows } = await db.query<DestinationView>({
    name: 'destination-states',
    text: `select destination, breaker, breaker_until as "breakerUntil", failures, pace,
        last_success_at as "lastSuccessAt", last_failure_at as "lastFailureAt", last_code as "lastCode"
      from destination_state order by destination`,
  })
  return rows
}
