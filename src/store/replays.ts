import { thorough, unhurried, type Queryable } from './connect.ts'
import { isReplacedThere, withdraws } from './delivery-had.ts'
import { withheldNow } from './visibility.ts'

/** Which deliveries a replay is about. `from` and `to` are moments of receipt, `to` not included. */
export interface Chosen {
  readonly destination: string
  readonly from: string
  readonly to: string
  readonly senderId: number | null
  readonly formKind: string | null
  /** Acknowledged ones are asked after; the others are sent (again). */
  readonly states: readonly ReplayableState[]
}

export type ReplayableState = 'acknowledged' | 'refused' | 'waiting' | 'unknown' | 'pending'

const replaced = 'exists (select from replacement p where p.record = d.record)'

// Of a record that was corrected or withdrawn since, no fact goes out that nobody has yet or that its destination lost: it would
// be the last word, and its certificate one that nobody revokes. What takes something back stays true whatever came after it.
const outdated = `(${replaced} and (d.purpose = 'certificate' or d.purpose <> 'revocation' and not ${withdraws('d')}
  and (d.state = 'refused' or d.state = 'acknowledged' and ${isReplacedThere('d')})))`

// What is withheld is not for anybody now, whoever had it before.
const chosenBy = (first: number): string => `d.destination = $${first} and d.received_at >= $${first + 1}::timestamptz
  and d.received_at < $${first + 2}::timestamptz and ($${first + 3}::int is null or d.sender_id = $${first + 3}::int)
  and ($${first + 4}::text is null or d.form_kind = $${first + 4}::text) and d.state = any($${first + 5}::text[])
  and not ${outdated} and not ${withheldNow('d')}`

const valuesOf = (chosen: Chosen): unknown[] => [
  chosen.destination,
  chosen.from,
  chosen.to,
  chosen.senderId,
  chosen.formKind,
  chosen.states,
]

/** How many deliveries are chosen, by state and form kind. */
export async function countChosen(
  db: Queryable,
  chosen: Chosen,
): Promise<{ state: string; formKind: string; count: number }[]> {
  const { rows } = await db.query<{ state: string; formKind: string; count: number }>({
    ...thorough,
    text: `select d.state, d.form_kind as "formKind", count(*) as count from delivery d where ${chosenBy(1)}
      group by 1, 2 order by 1, 2`,
    values: valuesOf(chosen),
  })
  return rows
}

export async function insertReplay(
  db: Queryable,
  chosen: Chosen,
  perSecond: number,
  reason: string,
  owner: string,
): Promise<number> {
  const { rows } = await db.query<{ id: number }>({
    ...thorough,
    text: `insert into replay (destination, chosen, reason, owner, per_second, state, last, total)
      select $1, $7, $8, $9, $10, 'running', coalesce(max(d.id), 0), count(*) from delivery d where ${chosenBy(1)}
      returning id`,
    values: [...valuesOf(chosen), JSON.stringify(chosen), reason, owner, perSecond],
  })
  return rows[0]!.id
}

export interface Replay {
  readonly id: number
  readonly destination: string
  readonly chosen: Chosen
  readonly reason: string
  readonly owner: string
  readonly perSecond: number
  readonly state: 'running' | 'stopped' | 'done'
  readonly total: number
  readonly released: number
  readonly createdAt: Date
  readonly endedAt: Date | null
  readonly sheet: ReplaySheet | null
}

/** The count sheet: released = acknowledged + refused + withdrawn + waiting; `sentAgain` of these had to be sent. */
export interface ReplaySheet {
  readonly chosen: number
  readonly released: number
  readonly acknowledged: number
  readonly refused: number
  readonly withdrawn: number
  readonly waiting: number
  readonly sentAgain: number
}

const columns = `id, destination, chosen, reason, owner, per_second as "perSecond", state, total, released,
  created_at as "createdAt", ended_at as "endedAt", sheet`

export async function findReplays(db: Queryable, id: number | null = null): Promise<Replay[]> {
  const { rows } = await db.query<Replay>({
    text: `select ${columns} from replay where $1::bigint is null or id = $1 order by id desc limit 50`,
    values: [id],
  })
  return rows
}

/**
 * Takes a running replay for the length of the transaction, with how many deliveries its pace allows now. Null when another
 * node has it or it ended. At most one second's worth is saved up.
 */
export async function takeReplay(
  tx: Queryable,
  id: number,
): Promise<(Replay & { allowed: number; cursor: number }) | null> {
  const { rows } = await tx.query<Replay & { allowed: number; cursor: number }>({
    name: 'take-replay',
    text: `select ${columns}, cursor, floor(least(per_second * greatest(0, extract(epoch from now() - released_at)),
        greatest(per_second, 1), 1000))::int as allowed
      from replay where id = $1 and state = 'running' for update skip locked`,
    values: [id],
  })
  return rows[0] ?? null
}

/**
 * Releases the next chosen deliveries, with entries, and moves the cursor in the same transaction. What was acknowledged
 * becomes `unknown`, so that the destination is asked and nothing is done twice. Returns how many; fewer than asked = the end.
 */
export async function releaseNext(tx: Queryable, replay: Replay, cursor: number, limit: number): Promise<number> {
  const { rows } = await tx.query<{ seen: number }>({
    ...unhurried,
    name: 'release-next',
    text: `with batch as (
        select d.id from delivery d where ${chosenBy(1)} and d.id > $8::bigint
          and d.id <= (select last from replay where id = $7::bigint) order by d.id limit $9::int
      ), released as (
        update delivery d set replay = $7::bigint, due_at = greatest(d.received_at, d.not_before),
          state = case d.state when 'acknowledged' then 'unknown' when 'refused' then 'waiting' else d.state end,
          held = d.held or exists (select from verdict v where v.service = d.service and v.received_at = d.received_at
            and v.record = d.record and v.outcome = 'withhold'),
          settled_at = case d.state when 'refused' then null else d.settled_at end
        from batch b where d.id = b.id and (d.leased_until is null or d.leased_until < now())
        returning d.id, d.service, d.message, d.received_at, d.record, d.sender_id
      ), told as (
        insert into entry (service, message, received_at, record, delivery, sender_id, kind, actor, detail)
        select service, message, received_at, record, id, sender_id, 'replayed', $10::text,
          jsonb_build_object('replay', $7::bigint) from released order by id
      ), moved as (
        update replay set cursor = coalesce((select max(id) from batch), last), released_at = now(),
          released = released + (select count(*) from released) where id = $7::bigint
      )
      select count(*)::int as seen from batch`,
    values: [...valuesOf(replay.chosen), replay.id, cursor, limit, replay.owner],
  })
  return rows[0]!.seen
}

const sheetOf = `(select jsonb_build_object('chosen', r.total, 'released', count(d.id),
    'acknowledged', count(*) filter (where d.state = 'acknowledged'),
    'refused', count(*) filter (where d.state = 'refused'), 'withdrawn', count(*) filter (where d.state = 'withdrawn'),
    'waiting', count(*) filter (where d.state in ('blocked', 'waiting', 'unknown', 'pending')),
    'sentAgain', count(*) filter (where d.sent_at > r.created_at))
  from delivery d where d.replay = r.id)`

/** The count sheet as it stands now. */
export async function countSheet(db: Queryable, id: number): Promise<ReplaySheet | null> {
  const { rows } = await db.query<{ sheet: ReplaySheet }>({
    ...unhurried,
    text: `select ${sheetOf} as sheet from replay r where r.id = $1`,
    values: [id],
  })
  return rows[0]?.sheet ?? null
}

/** Ends a replay whose released deliveries have all come to an end or are withheld, and keeps its count sheet. */
export async function endReplay(tx: Queryable, id: number): Promise<boolean> {
  const { rows } = await tx.query<{ id: number }>({
    ...unhurried,
    text: `update replay r set state = 'done', ended_at = now(), sheet = ${sheetOf}
      where r.id = $1 and r.state = 'running' and not exists (select from delivery d where d.replay = r.id
        and d.state in ('blocked', 'waiting', 'unknown', 'pending') and not (d.held and ${withheldNow('d')})) returning id`,
    values: [id],
  })
  return rows.length > 0
}

/** Stops releasing; what was released goes on. False when it had ended. */
export async function stopReplay(db: Queryable, id: number): Promise<boolean> {
  const { rows } = await db.query<{ id: number }>({
    ...unhurried,
    text: `update replay r set state = 'stopped', ended_at = now(), sheet = ${sheetOf}
      where r.id = $1 and r.state = 'running' returning id`,
    values: [id],
  })
  return rows.length > 0
}

export async function runningReplays(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: 'running-replays',
    text: `select id from replay where state = 'running' order by id`,
  })
  return rows.map((row) => row.id)
}
